import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Subject } from '../documents/document.ts';
import type { HuntPart, HuntTask } from './hunt.ts';

interface Line {
  /** Of the scenarios that were searched over. */
  readonly digest: string;
  readonly part: HuntPart;
}

/**
 * Finished searches, one a line. A comparison of strategies takes long: one that was stopped goes on where the file ends,
 * and a search over other scenarios or with another budget is a search of its own. Half a last line is skipped.
 */
export class HuntLedger {
  readonly #path: string | null;
  readonly #digest: string;
  readonly #parts = new Map<string, HuntPart>();

  /** `path` null: nothing is kept. */
  constructor(path: string | null, subjects: readonly Subject[]) {
    this.#path = path;
    const documents = JSON.stringify(subjects.map(({ document }) => document));
    this.#digest = createHash('sha256').update(documents).digest('hex').slice(0, 16);
    if (path !== null && existsSync(path)) this.#read(readFileSync(path, 'utf8'));
  }

  find(task: HuntTask): HuntPart | undefined {
    return this.#parts.get(JSON.stringify(task));
  }

  /** Keeps a finished search. @throws an Error of node:fs when it cannot be written. */
  add(part: HuntPart): void {
    if (this.#path === null) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    appendFileSync(
      this.#path,
      `${JSON.stringify({ digest: this.#digest, part } satisfies Line)}\n`,
    );
  }

  #read(text: string): void {
    for (const row of text.split('\n')) {
      const line = parsed(row);
      if (line?.digest === this.#digest) this.#parts.set(JSON.stringify(line.part.task), line.part);
    }
  }
}

function parsed(row: string): Line | null {
  try {
    return JSON.parse(row) as Line;
  } catch {
    return null;
  }
}
