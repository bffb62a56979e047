import { canonicalJson } from '../../history/canonical-json.ts';
import type { Operation } from '../../history/history.ts';
import { clientName, keyText } from './operation-text.ts';

const PUTS: readonly string[] = ['enqueue', 'push', 'add', 'insert'];
const TAKES: readonly string[] = ['dequeue', 'pop', 'poll'];
const READS: readonly string[] = ['read', 'get', 'r'];
const WRITES: readonly string[] = ['write', 'put', 'w', 'set', 'delete', 'append'];
const ACQUIRES: readonly string[] = ['acquire', 'lock'];
const RELEASES: readonly string[] = ['release', 'unlock'];

const text = (value: unknown): string => canonicalJson(value);
const same = (a: unknown, b: unknown): boolean => text(a) === text(b);
const before = (a: Operation, b: Operation): boolean => a.complete < b.invoke;
const isOneOf = (names: readonly string[]) => (op: Operation) => names.includes(op.f);

/** What the sentence may need to know beside the core. */
export interface CoreFacts {
  readonly model: string;
  readonly initial: unknown;
  /** Operations outside the core that put the values there which the core sees. */
  readonly sources: readonly Operation[];
  /** Whether any operation at all put this value there. */
  readonly hasSource: (op: Operation) => boolean;
}

/** One plain sentence that names what went wrong; the operations are a core, in order of invocation. */
export function anomalySentence(core: readonly Operation[], facts: CoreFacts): string {
  return (
    (facts.model === 'mutex' || facts.model === 'lock'
      ? lockSentence(core)
      : (storeSentence(core, facts) ?? containerSentence(core, facts))) ??
    (core.length === 1
      ? `Impossible answer: ${told(core[0]!)}, which no order of the other operations allows.`
      : `No order of these ${core.length} operations explains all their answers.`)
  );
}

function told(op: Operation): string {
  const where = op.key === undefined ? '' : ` ${keyText(op.key)}`;
  if (READS.includes(op.f)) return `${clientName(op)} read${where} = ${text(op.output)}`;
  if (op.f === 'cas' && Array.isArray(op.input))
    return op.status === 'ok'
      ? `${clientName(op)} changed${where} from ${text(op.input[0])} to ${text(op.input[1])}`
      : `${clientName(op)} was told that${where === '' ? ' the value' : where} is not ${text(op.input[0])}`;
  if (TAKES.includes(op.f)) return `${clientName(op)} took out ${text(op.output)}`;
  if (op.f === 'delete' && op.key !== undefined) return `${clientName(op)} deleted${where}`;
  return `${clientName(op)}'s ${op.f}${where}${op.input === null || op.input === undefined ? '' : ` ${text(op.input)}`}`;
}

function writing(op: Operation): string {
  return op.f === 'cas' || op.f === 'delete'
    ? `after ${told(op)}`
    : `after ${clientName(op)}'s ${op.f}${op.key === undefined ? '' : ` ${keyText(op.key)}`} := ${text(op.input)}`;
}

function storeSentence(core: readonly Operation[], facts: CoreFacts): string | undefined {
  const reads = core.filter(isOneOf(READS));
  const changes = core.filter((op) => WRITES.includes(op.f) || op.f === 'cas');
  if (reads.length + changes.length < core.length || core.length === 0) return undefined;
  const [a, b, c] = core as [Operation, Operation, Operation];
  if (
    reads.some((op) => Array.isArray(op.output)) &&
    facts.model !== 'register' &&
    facts.model !== 'cas-register' &&
    facts.model !== 'kv'
  )
    return undefined;
  if (core.length === 1) {
    const holds: unknown = a.f === 'cas' && Array.isArray(a.input) ? a.input[0] : a.output;
    if (!facts.hasSource(a))
      return a.f === 'cas'
        ? `Cas from a value that was never there: ${told(a)}, but nobody had written ${text(holds)} by then.`
        : `Read of a value that was never written: ${told(a)}, but nobody had written ${text(holds)} by then.`;
    return `Stale value: ${told(a)}, but it cannot have held ${text(holds)} at any moment of that operation.`;
  }
  if (core.length === 2 && reads.length === 1 && changes.length === 1) {
    const [read, change] = [reads[0]!, changes[0]!];
    if (before(change, read))
      return `Stale read: ${told(read)} ${writing(change)} had already been acknowledged.`;
    if (before(read, change) && !facts.hasSource(read))
      return `Read from the future: ${told(read)} before ${clientName(change)} began to write it.`;
  }
  if (core.length === 2 && reads.length === 2 && before(a, b))
    return `Non-monotonic read: ${told(b)} after ${clientName(a) === clientName(b) ? 'having' : `${clientName(a)} had`} read the newer value ${text(a.output)}.`;
  if (
    core.length === 3 &&
    reads.length === 3 &&
    same(a.output, c.output) &&
    before(a, b) &&
    before(b, c)
  )
    return `Flip-flop: reads saw ${text(a.output)}, then ${text(b.output)}, then ${text(a.output)} again, which was written only once.`;
  const swaps = core.filter(
    (op) => op.f === 'cas' && op.status === 'ok' && Array.isArray(op.input),
  );
  if (swaps.length === 2 && core.length === 2) {
    const [x, y] = swaps.map((op) => (op.input as unknown[])[0]);
    if (same(x, y))
      return `Lost update: ${told(swaps[0]!)} and ${told(swaps[1]!)}, but both cannot have found ${text(x)}.`;
  }
  if (core.length === 2 && b.f === 'cas' && before(a, b) && (WRITES.includes(a.f) || a.f === 'cas'))
    return `Stale compare: ${told(b)} ${writing(a)} had already been acknowledged.`;
  return undefined;
}

function containerSentence(core: readonly Operation[], facts: CoreFacts): string | undefined {
  const takes = core.filter(isOneOf(TAKES));
  const puts = core.filter(isOneOf(PUTS));
  const [a, b] = core as [Operation, Operation];
  const order = facts.model === 'stack' ? 'last-in-first-out' : 'first-in-first-out';
  if (core.length === 1 && takes.length === 1 && a.output !== null)
    return facts.hasSource(a)
      ? `Wrong element: ${told(a)}, but it was not there to be taken at any moment of that operation.`
      : `Element out of nowhere: ${told(a)}, but nobody had put ${text(a.output)} in by then.`;
  if (core.length === 2 && takes.length === 2 && same(a.output, b.output) && a.output !== null)
    return `Duplicate delivery: ${clientName(a)} and ${clientName(b)} both took out ${text(a.output)}, which was put in only once.`;
  const empty = takes.find((op) => op.output === null);
  if (empty !== undefined && puts.length > 0)
    return `Lost element: ${clientName(empty)} was told that there is nothing, while ${text(puts[0]!.input)} was in.`;
  if (takes.length > 0 && puts.length + takes.length === core.length)
    return `Order broken: these operations cannot be ${order}.`;
  const reads = core.filter(isOneOf(READS));
  if (reads.length === 1 && puts.length === 1 && core.length === 2) {
    const [read, put] = [reads[0]!, puts[0]!];
    const seen = Array.isArray(read.output) ? read.output.map(text) : undefined;
    if (seen?.includes(text(put.input)) === false && before(put, read))
      return `Lost element: ${clientName(read)} read without ${text(put.input)} after ${clientName(put)}'s ${put.f} of it had been acknowledged.`;
  }
  return undefined;
}

function lockSentence(core: readonly Operation[]): string | undefined {
  const acquires = core.filter(isOneOf(ACQUIRES));
  const releases = core.filter(isOneOf(RELEASES));
  if (acquires.length === 2 && releases.length === 0) {
    const [a, b] = acquires as [Operation, Operation];
    if (
      typeof a.output === 'number' &&
      typeof b.output === 'number' &&
      before(a, b) &&
      b.output <= a.output
    )
      return `Fencing token went back: ${clientName(b)} got token ${b.output} after ${clientName(a)} had got ${a.output}.`;
    return `Lock held twice: ${clientName(a)} and ${clientName(b)} both acquired it, with no release that could lie between.`;
  }
  if (acquires.length === 0 && releases.length > 0)
    return `Release of a lock that was not held: ${clientName(releases[0]!)} released it, but could not have been its holder.`;
  return undefined;
}
