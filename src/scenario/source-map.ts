import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type YAMLParseError,
} from 'yaml';

import { ScenarioError, type ScenarioProblem } from './scenario-error.ts';

export type Path = readonly (string | number)[];

/** A YAML text as data, with the place of every part of it. */
export class YamlSource {
  readonly value: unknown;
  readonly #text: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  /** @throws ScenarioError listing every place where the text is not YAML. */
  constructor(text: string, file: string) {
    this.#text = text;
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      // Its warnings would go past the problems that we tell.
      logLevel: 'error',
    });
    const { errors } = this.#document;
    if (errors.length > 0)
      throw new ScenarioError(
        file,
        errors.map((error) => this.#yamlProblem(error)),
      );
    try {
      this.value = this.#document.toJS() as unknown;
    } catch (error) {
      // An alias without its anchor, or aliases that unfold without bound: the library does not say where.
      throw new ScenarioError(file, [
        {
          line: 1,
          column: 1,
          path: '',
          message: `not valid YAML: ${(error as Error).message}`,
          fix: 'write the values out instead of using anchors (&) and aliases (*)',
        },
      ]);
    }
  }

  #yamlProblem({
    code,
    message,
    pos,
  }: Pick<YAMLParseError, 'code' | 'message' | 'pos'>): ScenarioProblem {
    const { line, col } = this.#lines.linePos(pos[0]);
    const place = { line, column: col, path: '' };
    if (code !== 'DUPLICATE_KEY')
      return {
        ...place,
        message: `not valid YAML: ${message}`,
        fix: 'correct the YAML at this place',
      };
    const key = /^[^:\s]*/.exec(this.#text.slice(pos[0]))![0];
    return { ...place, message: `the key "${key}" is written twice`, fix: 'remove one of the two' };
  }

  /** The text as written of the number or word at `path`: YAML numbers lose digits beyond 2^53. */
  sourceText(path: Path): string | undefined {
    const node: unknown = this.#document.getIn(path, true);
    return isScalar(node) ? node.source : undefined;
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
