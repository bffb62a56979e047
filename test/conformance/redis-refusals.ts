import { RedisStore } from '../../src/protocols/redis/store.ts';
import { mixedSequence } from './redis-edge-sequences.ts';
import { SHORT_MS, normalised } from './redis-replies.ts';
import { START_MS, type Block } from './redis-sequences.ts';

export const REFUSED_SEQUENCES = 1_000;

/** Commands to a server that is well; those after them are for one whose append-only file fails. */
export function beforeAndAfter(index: number): readonly [before: Block, after: Block] {
  const [before = [], ...after] = mixedSequence(index);
  return [before, after.flat()];
}

/** What the simulated server answers when its file fails. Every short time to live has run out by then. */
export function refusedBySimulated(index: number): readonly string[] {
  let isWritable = true;
  const store = new RedisStore(undefined, undefined, () => isWritable);
  const [before, after] = beforeAndAfter(index);
  for (const words of before) store.execute(words, START_MS);
  isWritable = false;
  return after.map((words) => withoutReason(words, store.execute(words, START_MS + 2 * SHORT_MS)));
}

/** A reply as text; what failed when the file did is the operating system's word. */
export function withoutReason(command: readonly string[], reply: unknown): string {
  return normalised(command, reply).replace(/(MISCONF [^:]*): [^"]*/, '$1');
}
