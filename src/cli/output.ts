import { writeSync } from 'node:fs';

import type { Style } from '../report/format.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/** stdout is data; a reader that went away (`| head`) ends the command quietly, as it does `cat`. */
export function print(text: string): void {
  write(1, `${text}\n`);
}

/** Many lines for stdout, written in large pieces: a system call for each of a million lines would cost more than they do. */
export class BufferedOutput {
  #text = '';

  line(text: string): void {
    this.text(`${text}\n`);
  }

  text(text: string): void {
    this.#text += text;
    if (this.#text.length > MAX_BUFFERED) this.flush();
  }

  flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '') write(1, text);
  }
}

const MAX_BUFFERED = 1 << 16;

/** stderr is for people. Nobody to read it, or no room for it, is no reason to fail. */
export function tell(text: string): void {
  try {
    write(2, `${text}\n`);
  } catch {
    return;
  }
}

class ClosedPipe extends Error {}

function write(fd: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') continue;
      if (code === 'EPIPE') throw new ClosedPipe();
      throw new CommandError(
        `cannot write to ${fd === 1 ? 'stdout' : 'stderr'}: ${(error as Error).message}. Free some space, or write elsewhere.`,
        EXIT.internal,
      );
    }
  }
}

export function isClosedPipe(error: unknown): boolean {
  return error instanceof ClosedPipe;
}

/** Columns of a line: as asked for (0: no limit), else the terminal's; what goes into a pipe is not cut. */
export function stdoutWidth(asked: number | undefined): number {
  if (asked !== undefined) return asked === 0 ? Infinity : asked;
  return process.stdout.isTTY ? process.stdout.columns : Infinity;
}

/** Colours and signs for stdout: `NO_COLOR` wins, then `FORCE_COLOR`, then whether a terminal reads. */
export function stdoutStyle(options: { color?: boolean; ascii?: boolean }): Style {
  const { env } = process;
  const noColor =
    (env['NO_COLOR'] ?? '') !== '' || options.color === false || env['TERM'] === 'dumb';
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0';
  return { color: !noColor && (forced || process.stdout.isTTY), ascii: options.ascii ?? false };
}
