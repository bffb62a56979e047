import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';

import { ScenarioError } from './scenario-error.ts';

export type Path = readonly (string | number)[];

/** A YAML text as data, with the place of every part of it. */
export class YamlSource {
  readonly value: unknown;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  /** @throws ScenarioError when the text is not YAML. */
  constructor(text: string, file: string) {
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const [error] = this.#document.errors;
    if (error !== undefined) {
      const { line, col } = this.#lines.linePos(error.pos[0]);
      throw new ScenarioError(file, [
        {
          line,
          column: col,
          path: '',
          message: `not valid YAML: ${error.message}`,
          fix: 'correct the YAML at this place',
        },
      ]);
    }
    this.value = this.#document.toJS() as unknown;
  }

  /** Where the value at `path` begins; with `key`, where that key of it is written. Falls back to what encloses it. */
  locate(path: Path, key?: string): { line: number; column: number } {
    let node: unknown = this.#document.contents;
    let offset = offsetOf(node);
    for (const part of key === undefined ? path : [...path, key]) {
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find((item) => isPair(item) && keyText(item.key) === String(part));
        if (pair === undefined) break;
        next = pair.value;
        offset = offsetOf(pair.key) ?? offset;
      } else if (isSeq(node)) {
        next = node.items[Number(part)];
        offset = offsetOf(next) ?? offset;
      } else break;
      node = next;
      if (isScalar(node) && key === undefined) offset = offsetOf(node) ?? offset;
    }
    const { line, col } = this.#lines.linePos(offset ?? 0);
    return { line, column: col };
  }
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function offsetOf(node: unknown): number | undefined {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0];
}

/** `['faults', 1, 'target']` as `faults[1].target`. */
export function pathText(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('');
}
