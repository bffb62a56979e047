import { formatDuration } from '../scenario/units.ts';

/** Characters and colours for one output stream; `NO_COLOR`, TTY and `--ascii` decide (reference: no-color.org). */
export interface Style {
  readonly color: boolean;
  readonly ascii: boolean;
}

export const PLAIN: Style = { color: false, ascii: false };

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1, cyan: 36 } as const;

/** Colours `text`; colour never carries meaning alone. */
export function paint(style: Style, color: keyof typeof CODES, text: string): string {
  return style.color ? `\u001b[${CODES[color]}m${text}\u001b[0m` : text;
}

const VERDICT_SIGNS: Readonly<Record<string, readonly [sign: string, ascii: string]>> = {
  holds: ['✓', 'ok'],
  violated: ['✗', 'X'],
  inconclusive: ['?', '?'],
  vacuous: ['∅', '0'],
};

export function verdictSign(style: Style, verdict: string): string {
  const [sign, ascii] = VERDICT_SIGNS[verdict] ?? ['!', '!'];
  return style.ascii ? ascii : sign;
}

export { formatDuration };

/** Text of anybody on one line of a terminal: control characters and those that turn the direction of writing are spelled out. */
export function visible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** At most `width` characters; what is cut off is marked. */
export function clip(text: string, width: number, { ascii }: Pick<Style, 'ascii'>): string {
  if (text.length <= width) return text;
  const mark = ascii ? '...' : '…';
  return text.slice(0, Math.max(0, width - mark.length)) + mark;
}

/** `12,345`: the same on every machine. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 row`, `2,000 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Breaks text at spaces into lines of at most `width`; continuation lines get `indent`. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
