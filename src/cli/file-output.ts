import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

import { CommandError, EXIT } from './exit-codes.ts';

const MAX_BUFFERED = 1 << 16;

/** Writes a file piece by piece; it appears whole under its name, or not at all. Returns how many bytes it has. */
export function writePieces(path: string, pieces: Iterable<string>): number {
  const temporary = `${path}.part`;
  const file = opened(temporary, path);
  let sizeBytes = 0;
  let text = '';
  const flush = (): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    sizeBytes += bytes.length;
    text = '';
  };
  try {
    for (const piece of pieces) {
      text += piece;
      if (text.length > MAX_BUFFERED) flush();
    }
    flush();
    closeSync(file);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw cannotWrite(path, error);
  }
  return sizeBytes;
}

function opened(temporary: string, path: string): number {
  try {
    return openSync(temporary, 'w');
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): CommandError {
  return new CommandError(
    `cannot write ${path}: ${(error as Error).message}. Choose another place with -o, or free some space.`,
    EXIT.usage,
  );
}
