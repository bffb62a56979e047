import { tell } from './output.ts';

const LINE_EVERY_MS = 30_000;

/** Progress on stderr: redrawn in place on a terminal, a line every 30 s elsewhere, and never redrawn under CI. */
export class ProgressPrinter {
  readonly #mode: 'redraw' | 'line' | 'none';
  #lineAtMs = performance.now() + LINE_EVERY_MS;
  #drawn = false;

  constructor(asked: 'auto' | 'line' | 'none', quiet: boolean) {
    const redraws = process.stderr.isTTY && process.env['CI'] === undefined && !quiet;
    this.#mode = asked === 'auto' ? (redraws ? 'redraw' : 'line') : asked;
  }

  show(line: string): void {
    if (this.#mode === 'redraw') {
      process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns || 100) - 1)}`);
      this.#drawn = true;
      return;
    }
    if (this.#mode === 'none' || performance.now() < this.#lineAtMs) return;
    this.#lineAtMs = performance.now() + LINE_EVERY_MS;
    tell(line);
  }

  clear(): void {
    if (this.#drawn) process.stderr.write('\r\u001b[K');
    this.#drawn = false;
  }
}
