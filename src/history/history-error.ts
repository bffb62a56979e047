/** Where in a file something was wrong; lines and columns count from 1. */
export interface SourcePlace {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/**
 * A history that cannot be judged because it is not a history: the place, what was found, what was expected there, and
 * what to do about it. The command line turns it into exit code 64.
 */
export class HistoryError extends Error {
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly problem: string;
  readonly expected: string;
  readonly fix: string;

  constructor(place: SourcePlace, problem: string, expected: string, fix: string) {
    super(`${placeText(place)}${problem}; expected ${expected}. ${fix}`);
    this.name = 'HistoryError';
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.problem = problem;
    this.expected = expected;
    this.fix = fix;
  }
}

function placeText(place: SourcePlace): string {
  const numbers =
    place.line === undefined
      ? ''
      : place.column === undefined
        ? `${place.line}`
        : `${place.line}:${place.column}`;
  if (place.file !== undefined)
    return numbers === '' ? `${place.file}: ` : `${place.file}:${numbers}: `;
  return numbers === '' ? '' : `line ${numbers.replace(':', ', column ')}: `;
}
