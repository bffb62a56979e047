type Attributes = Record<string, string>;

export interface Graph {
  readonly nodes: ReadonlyMap<string, Attributes>;
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly attributes: Attributes;
  }[];
  readonly subgraphs: readonly string[];
}

const TOKEN = /\s*(?:(->|[{}[\];,=])|([A-Za-z_][\w]*|-?\d+(?:\.\d+)?)|"((?:[^"\\]|\\[\s\S])*)")/y;

/**
 * A parser of Graphviz' grammar as far as it is exported: statements of nodes, edges, attributes and subgraphs. Labels of
 * records are parsed too: fields between `|`, groups in braces, everything else escaped. Throws at what does not fit.
 */
export function parseDot(text: string): Graph {
  return new DotParser(text).graph();
}

class DotParser {
  readonly #text: string;
  #at = 0;
  readonly #nodes = new Map<string, Attributes>();
  readonly #edges: { from: string; to: string; attributes: Attributes }[] = [];
  readonly #subgraphs: string[] = [];
  #isRecord = false;

  constructor(text: string) {
    this.#text = text;
  }

  graph(): Graph {
    this.#expect('digraph');
    this.#id();
    this.#block();
    if (this.#text.slice(this.#at).trim() !== '') throw new Error('something follows the graph');
    return { nodes: this.#nodes, edges: this.#edges, subgraphs: this.#subgraphs };
  }

  #block(): void {
    this.#expect('{');
    while (this.#peek() !== '}') this.#statement();
    this.#expect('}');
  }

  #statement(): void {
    const first = this.#id();
    if (first === 'subgraph') {
      this.#subgraphs.push(this.#id());
      this.#block();
      return;
    }
    const next = this.#peek();
    if (next === '=') {
      this.#expect('=');
      this.#id();
    } else if (next === '->') {
      this.#expect('->');
      this.#edges.push({ from: first, to: this.#id(), attributes: this.#attributes() });
    } else {
      const attributes = this.#attributes();
      if (first === 'node') this.#isRecord = attributes['shape'] === 'record';
      else if (first !== 'edge') {
        if (
          this.#isRecord &&
          attributes['label'] !== undefined &&
          attributes['shape'] === undefined
        )
          checkRecord(attributes['label']);
        this.#nodes.set(first, attributes);
      }
    }
    this.#expect(';');
  }

  #attributes(): Attributes {
    const attributes: Attributes = {};
    if (this.#peek() !== '[') return attributes;
    this.#expect('[');
    for (;;) {
      const name = this.#id();
      this.#expect('=');
      attributes[name] = this.#id();
      if (this.#peek() !== ',') break;
      this.#expect(',');
    }
    this.#expect(']');
    return attributes;
  }

  #token(): { readonly sign?: string; readonly id?: string } {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) throw new Error(`no token at ${this.#text.slice(this.#at, this.#at + 30)}`);
    this.#at = TOKEN.lastIndex;
    if (match[1] !== undefined) return { sign: match[1] };
    return { id: match[2] ?? match[3]!.replaceAll('\\"', '"') };
  }

  #peek(): string | undefined {
    const at = this.#at;
    const { sign } = this.#token();
    this.#at = at;
    return sign;
  }

  #id(): string {
    const { id } = this.#token();
    if (id === undefined)
      throw new Error(`expected a name before ${this.#text.slice(this.#at, this.#at + 30)}`);
    return id;
  }

  #expect(text: string): void {
    const { sign, id } = this.#token();
    if ((sign ?? id) !== text) throw new Error(`expected ${text}, got ${sign ?? id ?? 'nothing'}`);
  }
}

/** Braces of a record's label are balanced, and none of its special characters stands alone. */
function checkRecord(label: string): void {
  const bare = label.replace(/\\[\s\S]/g, '');
  if (/[<>]/.test(bare)) throw new Error(`a port in ${label}`);
  let depth = 0;
  for (const character of bare) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0 || depth > 1) throw new Error(`braces in ${label}`);
  }
  if (depth !== 0) throw new Error(`an open brace in ${label}`);
}
