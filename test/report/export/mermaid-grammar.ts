interface Message {
  readonly from: string;
  readonly to: string;
  readonly lost: boolean;
  readonly text: string;
}

export interface Sequence {
  readonly participants: readonly string[];
  readonly messages: readonly Message[];
  readonly notes: readonly { readonly over: readonly string[]; readonly text: string }[];
  readonly rects: number;
}

/**
 * A parser of the part of Mermaid's sequence diagrams that is exported: a statement a line, `;` ends one too, `#..;` is an
 * entity, `%%` a comment, `rect` blocks are closed by `end`. Throws at the first line that is none of these.
 */
export function parseMermaid(text: string): Sequence {
  const [head, ...lines] = text.trimEnd().split('\n');
  if (head !== 'sequenceDiagram') throw new Error(`no sequence diagram: ${head}`);
  const ids: string[] = [];
  const participants: string[] = [];
  const messages: Message[] = [];
  const notes: { over: readonly string[]; text: string }[] = [];
  let [open, rects] = [0, 0];
  const known = (id: string): string => {
    if (!ids.includes(id)) throw new Error(`who is ${id}?`);
    return id;
  };
  for (const line of lines) {
    const statement = line.trim();
    if (statement.startsWith('%%')) continue;
    // A semicolon that does not end an entity ends the statement.
    if (/;/.test(statement.replace(/#\d+;/g, ''))) throw new Error(`two statements: ${statement}`);
    const match =
      /^participant (?<id>\w+) as (?<name>.+)$/.exec(statement) ??
      /^(?<rect>rect rgb\(\d+, \d+, \d+\))$/.exec(statement) ??
      /^(?<end>end)$/.exec(statement) ??
      /^Note over (?<over>\w+(?:,\w+)?): ?(?<note>.*)$/.exec(statement) ??
      /^(?<from>\w+)(?<arrow>->>|--x)(?<to>\w+): (?<text>.+)$/.exec(statement);
    if (match === null) throw new Error(`not a statement: ${statement}`);
    const found = match.groups!;
    if (found['id'] !== undefined) {
      ids.push(found['id']);
      participants.push(decode(found['name']!));
    } else if (found['rect'] !== undefined) {
      open += 1;
      rects += 1;
    } else if (found['end'] !== undefined) {
      open -= 1;
      if (open < 0) throw new Error('an end without a beginning');
    } else if (found['over'] !== undefined)
      notes.push({ over: found['over'].split(',').map(known), text: decode(found['note']!) });
    else
      messages.push({
        from: known(found['from']!),
        to: known(found['to']!),
        lost: found['arrow'] === '--x',
        text: decode(found['text']!),
      });
  }
  if (open !== 0) throw new Error(`${open} blocks are not closed`);
  return { participants, messages, notes, rects };
}

function decode(text: string): string {
  return text.replace(/#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
