import { tell } from './output.ts';

const LINE_EVERY_MS = 30_000;

/** Progress on stderr: redrawn in place on a terminal, a line every 30 s elsewhere, and never redrawn under CI. */
export class ProgressPrinter {
  readonly #mode: 'redraw' | 'line' | 'none';
  #lineAtMs = performance.now() + LINE_EVERY_MS;
  #drawnLines = 0;

  constructor(asked: 'auto' | 'line' | 'none', quiet: boolean) {
    const redraws = process.stderr.isTTY && process.env['CI'] === undefined && !quiet;
    this.#mode = asked === 'auto' ? (redraws ? 'redraw' : 'line') : asked;
  }

  /** `display`: what a terminal shows instead of the line. */
  show(line: string, display: () => readonly string[] = () => [line]): void {
    if (this.#mode === 'redraw') {
      const width = (process.stderr.columns || 100) - 1;
      this.clear();
      const lines = display();
      process.stderr.write(lines.map((one) => one.slice(0, width)).join('\n'));
      this.#drawnLines = lines.length;
      return;
    }
    if (this.#mode === 'none' || performance.now() < this.#lineAtMs) return;
    this.#lineAtMs = performance.now() + LINE_EVERY_MS;
    tell(line);
  }

  clear(): void {
    if (this.#drawnLines === 0) return;
    // Back to the first line of what was drawn, and nothing from there on.
    const up = this.#drawnLines > 1 ? `\u001b[${this.#drawnLines - 1}A` : '';
    process.stderr.write(`\r${up}\u001b[J`);
    this.#drawnLines = 0;
  }
}
