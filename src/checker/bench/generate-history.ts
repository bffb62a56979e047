import { HistoryBuilder } from '../../history/history-builder.ts';
import type { History } from '../../history/history.ts';

/** What a generated history is like. All clients are always busy; half of the operations of a register are reads. */
export interface GeneratedHistory {
  readonly kind: 'register' | 'cas';
  readonly operations: number;
  readonly clients: number;
  /** Independent objects; 1 leaves the key out. */
  readonly keys: number;
  /** Of 1000 writes, so many get no answer. */
  readonly crashedPerMille: number;
  /**
   * Plant one read, at 98 % of the history, of a value whose overwriting was acknowledged before the read began; where
   * values repeat that is the initial value.
   */
  readonly staleRead: boolean;
  readonly seed: number;
}

/** A 32-bit generator of its own, so that the bench needs nothing of the simulator. */
function generator(seed: number): (below: number) => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const VALUES = 5;
const STALE_AT = 0.98;

interface Busy {
  readonly process: number;
  readonly kind: 'read' | 'write' | 'cas';
  readonly key: number;
  readonly value: number;
  readonly from: number;
  /** A value that had been overwritten, and that acknowledged, before the operation began. */
  readonly overwritten: number | null | undefined;
  /** The value of the latest write that had been acknowledged before the operation began. */
  readonly acknowledged: number | undefined;
  took: boolean;
  answer: number | null;
  failed: boolean;
}

/**
 * Generates a linearizable history: each operation takes effect at a random moment between invocation and answer; with
 * `staleRead`, one read tells what had been overwritten. The same options give the same history.
 */
export function generateHistory(options: GeneratedHistory): History {
  const draw = generator(options.seed);
  const builder = new HistoryBuilder();
  const states: (number | null)[] = new Array<number | null>(options.keys).fill(null);
  const overwritten = new Array<number | null | undefined>(options.keys).fill(undefined);
  const acknowledged = new Array<number | undefined>(options.keys).fill(undefined);
  const busy: (Busy | undefined)[] = new Array<Busy | undefined>(options.clients).fill(undefined);
  const processes = Array.from({ length: options.clients }, (_, client) => client);
  let nextProcess = options.clients;
  let nextValue = 0;
  let time = 0;
  let stale = options.staleRead ? Math.floor(options.operations * STALE_AT) : -1;
  for (let done = 0; done < options.operations;) {
    const client = draw(options.clients);
    const op = busy[client];
    time++;
    if (op === undefined) {
      if (builder.length === options.operations) {
        if (busy.every((other) => other === undefined)) break;
        continue;
      }
      busy[client] = begin(processes[client]!);
      continue;
    }
    if (!op.took) {
      takeEffect(op);
      if (draw(2) === 0) continue;
    }
    busy[client] = undefined;
    done++;
    if (op.kind !== 'read' && draw(1000) < options.crashedPerMille) {
      builder.complete(op.process, 'info', undefined, time);
      processes[client] = nextProcess++;
      continue;
    }
    let answer = op.answer;
    if (stale >= 0 && done >= stale && op.kind === 'read' && op.overwritten !== undefined) {
      answer = op.overwritten;
      stale = -1;
    }
    if (op.failed) builder.complete(op.process, 'fail', undefined, time, 'compare');
    else builder.complete(op.process, 'ok', op.kind === 'read' ? answer : undefined, time);
    if (op.kind !== 'read' && !op.failed) {
      // What was acknowledged before this write began is overwritten for good, now that this one is acknowledged.
      overwritten[op.key] = options.kind === 'cas' ? null : op.acknowledged;
      acknowledged[op.key] = op.value;
    }
  }
  return builder.build();

  function begin(process: number): Busy {
    const key = draw(options.keys);
    const named = options.keys === 1 ? undefined : key;
    const cas = options.kind === 'cas';
    const choice = draw(cas ? 3 : 2);
    const kind = choice === 0 ? 'read' : choice === 1 ? 'write' : 'cas';
    const value = cas ? draw(VALUES) : kind === 'read' ? -1 : ++nextValue;
    const from = draw(VALUES);
    const input = kind === 'read' ? null : kind === 'cas' ? [from, value] : value;
    builder.invoke(process, kind, named, input, time);
    return {
      process,
      kind,
      key,
      value,
      from,
      overwritten: overwritten[key],
      acknowledged: acknowledged[key],
      took: false,
      answer: null,
      failed: false,
    };
  }

  function takeEffect(op: Busy): void {
    op.took = true;
    op.answer = states[op.key]!;
    if (op.kind === 'read') return;
    op.failed = op.kind === 'cas' && states[op.key] !== op.from;
    if (op.failed) return;
    states[op.key] = op.value;
  }
}
