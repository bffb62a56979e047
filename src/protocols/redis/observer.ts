import type { NodeId } from '../../sim/engine/env.ts';
import type { Reply } from './reply.ts';
import type { Removal } from './store.ts';

/** What a copy of a key with a string looks like from outside. */
export interface Copy {
  readonly value: string;
  /** Milliseconds of the node's wall clock until it expires, negative when overdue; null: never. */
  readonly remainingMs: number | null;
}

/** What a judge is told of a node's keys; a node behaves the same with and without one. */
export interface RedisObserver {
  /** A new incarnation runs; `peek` looks at a key without touching it. */
  started(node: NodeId, peek: (key: string) => Copy | null): void;
  /** `by`: whose command it was; null when recovered from disk or taken over from a primary. */
  stored(node: NodeId, key: string, copy: Copy, by: NodeId | null): void;
  /** `overdueMs`: for how long the deadline had passed when the expiry was noticed. */
  removed(
    node: NodeId,
    key: string,
    value: string,
    why: Removal,
    by: NodeId | null,
    overdueMs: number,
  ): void;
  /** What a list holds now; an empty one for any key that was deleted. */
  queued(node: NodeId, key: string, items: readonly string[]): void;
  /** A client's command has come, and is carried out next. */
  asked(node: NodeId, command: readonly string[], by: NodeId): void;
  /** Its answer leaves; with `aof: always` what it did cannot be forgotten any more. */
  answered(node: NodeId, command: readonly string[], reply: Reply): void;
}
