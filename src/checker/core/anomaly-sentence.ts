import { canonicalJson } from '../../history/canonical-json.ts';
import type { Operation } from '../../history/history.ts';
import { clientName, keyText } from './operation-text.ts';

const PUTS: readonly string[] = ['enqueue', 'push', 'add', 'insert'];
const TAKES: readonly string[] = ['dequeue', 'pop', 'poll'];
const READS: readonly string[] = ['read', 'get', 'r'];
const WRITES: readonly string[] = ['write', 'put', 'w', 'set', 'delete', 'append'];
const STORES: readonly string[] = ['register', 'cas-register', 'kv'];
const ACQUIRES: readonly string[] = ['acquire', 'lock'];
const RELEASES: readonly string[] = ['release', 'unlock'];

const text = (value: unknown): string => canonicalJson(value);
const same = (a: unknown, b: unknown): boolean => text(a) === text(b);
const before = (a: Operation, b: Operation): boolean => a.complete < b.invoke;
const isOneOf = (names: readonly string[]) => (op: Operation) => names.includes(op.f);

/** What the sentence may need to know beside the core. */
export interface CoreFacts {
  readonly model: string;
  /** Whether any operation at all put this value there. */
  readonly hasSource: (op: Operation) => boolean;
  /** Operations that put the value there which the operation found. */
  readonly sourcesOf: (op: Operation) => readonly Operation[];
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

/** `after c1's write x := 2 had already been acknowledged`. */
function afterwards(op: Operation): string {
  const where = op.key === undefined ? '' : ` ${keyText(op.key)}`;
  if (op.f === 'cas' && op.status === 'fail')
    return `after ${told(op).replace(' was told', ' had been told')}`;
  const what =
    op.f === 'cas' && Array.isArray(op.input)
      ? `cas${where} ${text(op.input[0])} -> ${text(op.input[1])}`
      : op.f === 'delete'
        ? `delete${where}`
        : `${op.f}${where} := ${text(op.input)}`;
  return `after ${clientName(op)}'s ${what} had already been acknowledged`;
}

function storeSentence(core: readonly Operation[], facts: CoreFacts): string | undefined {
  const reads = core.filter(isOneOf(READS));
  const changes = core.filter((op) => WRITES.includes(op.f) || op.f === 'cas');
  if (reads.length + changes.length < core.length || core.length === 0) return undefined;
  const [a, b, c] = core as [Operation, Operation, Operation];
  if (!STORES.includes(facts.model)) return undefined;
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
    if (before(change, read)) return `Stale read: ${told(read)} ${afterwards(change)}.`;
    if (before(read, change) && !facts.hasSource(read))
      return `Read from the future: ${told(read)} before ${clientName(change)} began to write it.`;
  }
  if (core.length === 2 && reads.length === 2 && before(a, b)) return readsBackwards(a, b, facts);
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
    return `${b.status === 'fail' ? 'Wrong refusal' : 'Stale compare'}: ${told(b)} ${afterwards(a)}.`;
  return undefined;
}

/** `a` read before `b` did, and no order allows both. Which value is newer, only real time can tell. */
function readsBackwards(a: Operation, b: Operation, facts: CoreFacts): string {
  const seen = `${told(b)} after ${clientName(a) === clientName(b) ? 'having' : `${clientName(a)} had`} read`;
  const [newer, older] = [facts.sourcesOf(a), facts.sourcesOf(b)];
  const follows = older.every((early) => newer.every((late) => before(early, late)));
  if (newer.length > 0 && follows && (older.length > 0 || facts.hasSource(b)))
    return `Non-monotonic read: ${seen} the newer value ${text(a.output)}.`;
  if (older.length > 0 && older.every((op) => before(op, a)))
    return `Disagreeing reads: ${seen} ${text(a.output)}, but ${text(b.output)} was put there before ${clientName(a)} began to read, and not again since.`;
  return `Disagreeing reads: ${seen} ${text(a.output)}, which no order of the changes allows.`;
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
  if (core.length === 2 && takes.length === 2 && facts.model === 'queue' && before(a, b))
    return `Order broken: ${told(a)} before ${text(b.output)}, which had been put in first.`;
  const empty = takes.find((op) => op.output === null);
  if (empty !== undefined && puts.length > 0)
    return `Lost element: ${clientName(empty)} was told that there is nothing, while ${text(puts[0]!.input)} was in.`;
  if (core.length === 2 && puts.length === 1 && takes.length === 1 && before(puts[0]!, takes[0]!)) {
    const [put, take] = [text(puts[0]!.input), told(takes[0]!)];
    return facts.model === 'stack'
      ? `Order broken: ${take} while ${put}, which was put in later, lay on top of it.`
      : `Order broken: ${take} while ${put}, which was put in first, was still there.`;
  }
  if (takes.length > 0 && puts.length + takes.length === core.length)
    return `Order broken: these operations cannot be ${order}.`;
  const reads = core.filter(isOneOf(READS));
  return reads.length === 1 ? collectionSentence(core, reads[0]!, facts) : undefined;
}

/** One read of a whole collection, or of a counter, against changes that were acknowledged before it began. */
function collectionSentence(
  core: readonly Operation[],
  read: Operation,
  facts: CoreFacts,
): string | undefined {
  const changes = core.filter((op) => op !== read);
  const change = changes[0];
  if (change === undefined || !changes.every((op) => before(op, read))) return undefined;
  if (facts.model === 'counter' && typeof read.output === 'number') {
    const sum = changes.reduce((total, op) => total + amountOf(op), 0);
    return read.output < sum && changes.every((op) => amountOf(op) > 0)
      ? `Lost increment: ${clientName(read)} read ${read.output}, but ${changes.length} changes that add up to ${sum} had already been acknowledged.`
      : undefined;
  }
  if (changes.length > 1) return undefined;
  const elements = Array.isArray(read.output) ? read.output.map(text) : [];
  const element = text(change.input);
  const was = `after ${clientName(change)}'s ${change.f} of it had been acknowledged`;
  const adds = PUTS.includes(change.f) || change.f === 'append';
  if (adds && !elements.includes(element))
    return `Lost element: ${clientName(read)} read without ${element} ${was}.`;
  if (!adds && elements.includes(element))
    return `Resurrected element: ${clientName(read)} read ${element} ${was}.`;
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

function amountOf(op: Operation): number {
  const by = typeof op.input === 'number' ? op.input : 1;
  return op.f === 'decrement' || op.f === 'dec' ? -by : by;
}
