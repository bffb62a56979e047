import { HistoryBuilder } from '../../../src/history/history-builder.ts';
import type { History } from '../../../src/history/history.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';

export interface StoreOptions {
  readonly operations: number;
  readonly processes: number;
  readonly keys: number;
  /** How replicas settle concurrent writes: the greatest Lamport time wins, or the last to arrive. */
  readonly merge: 'last-writer-wins' | 'arrival';
  /** How many operations of its own a replica does, on average, between two deliveries from each other one. */
  readonly lag: number;
}

interface Message {
  readonly origin: number;
  readonly clock: readonly number[];
  readonly time: number;
  readonly key: number;
  readonly value: number;
}

/**
 * A history of a replicated store with causal delivery, one client a replica: CC and CM by construction, and CCv with
 * `last-writer-wins`.
 */
export function causalStoreHistory(seed: string, options: StoreOptions): History {
  const { processes, keys } = options;
  const random = new RandomStream(seed, 'causal store');
  const builder = new HistoryBuilder();
  const replicas = Array.from({ length: processes }, () => ({
    clock: new Array<number>(processes).fill(0),
    time: 0,
    held: new Map<number, { value: number; time: number; origin: number }>(),
  }));
  const sent: Message[][] = Array.from({ length: processes }, () => []);
  const apply = (at: number, message: Message): void => {
    const replica = replicas[at]!;
    const held = replica.held.get(message.key);
    const newer =
      held === undefined ||
      options.merge === 'arrival' ||
      message.time > held.time ||
      (message.time === held.time && message.origin > held.origin);
    if (newer) replica.held.set(message.key, message);
    replica.time = Math.max(replica.time, message.time);
    replica.clock[message.origin]! += 1;
  };
  const deliver = (at: number, origin: number): void => {
    const replica = replicas[at]!;
    const message = sent[origin]![replica.clock[origin]!];
    if (message === undefined) return;
    for (let other = 0; other < processes; other += 1)
      while (other !== origin && replica.clock[other]! < message.clock[other]!) deliver(at, other);
    if (sent[origin]![replica.clock[origin]!] === message) apply(at, message);
  };
  let value = 0;
  for (let operation = 0; operation < options.operations; operation += 1) {
    const p = random.below(processes);
    const replica = replicas[p]!;
    for (let origin = 0; origin < processes; origin += 1)
      if (origin !== p && random.below(options.lag) === 0)
        while (replica.clock[origin]! < sent[origin]!.length && random.below(8) > 0)
          deliver(p, origin);
    const key = random.below(keys);
    if (random.below(2) === 0) {
      value += 1;
      const message = { origin: p, clock: [...replica.clock], time: replica.time + 1, key, value };
      apply(p, message);
      sent[p]!.push(message);
      builder.invoke(p, 'write', key, value, operation * 2);
      builder.complete(p, 'ok', value, operation * 2 + 1);
    } else {
      builder.invoke(p, 'read', key, null, operation * 2);
      builder.complete(p, 'ok', replica.held.get(key)?.value ?? null, operation * 2 + 1);
    }
  }
  return builder.build();
}
