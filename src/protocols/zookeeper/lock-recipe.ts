import type { Task } from '../../sim/engine/env.ts';
import { nameOf } from './paths.ts';
import { blockerOf, inOrder, lockPath, precedes, type Numbered } from './queue-rules.ts';
import { PAUSE_US } from './recipe.ts';
import type { Contender, Wish } from './recipe.ts';
import { RevocableRecipe } from './revocable-recipe.ts';

/**
 * The lock recipe: (1) create an ephemeral sequential node; (2) list the children; (3) lowest: held; (4) else watch the
 * one right before one's own, and when it is gone, or an event comes, go back to (2). Release deletes the own node and
 * does not rest until it is gone. Readers of a read-write lock wait only for the nearest writer before them.
 */
export class LockRecipe extends RevocableRecipe {
  acquire(key: string, then: (lock: Contender | null) => void): void {
    const kind = this.config.lock === 'read-write' ? 'writ' : 'lock';
    this.retry(this.newWish(lockPath(key), kind, { key, shared: false, then }));
  }

  acquireShared(key: string, then: (lock: Contender | null) => void): void {
    if (this.config.lock !== 'read-write') this.acquire(key, then);
    else this.retry(this.newWish(lockPath(key), 'read', { key, shared: true, then }));
  }

  /**
   * A reader right behind the writer, and only when it holds the end of the writer: nobody comes between, not even who
   * has waited all the time (apache/curator, InterProcessReadWriteLock; CURATOR-621).
   */
  downgrade(writer: Contender, then: (reader: Contender | null) => void): void {
    this.retry(
      this.readerFrom(writer, (reader) => {
        if (reader === null || this.isHeld(writer)) {
          if (reader !== null) this.env.mark('downgraded', { key: writer.key });
          this.release(writer, () => {
            then(reader);
          });
          return;
        }
        // The connection was lost meanwhile: nobody knows what the writer was worth when the reader came.
        this.release(reader, () => {
          this.release(writer, () => {
            then(null);
          });
        });
      }),
    );
  }

  protected readerFrom(writer: Contender, then: (reader: Contender | null) => void): Wish {
    const { key } = writer;
    return this.newWish(lockPath(key), 'read', { key, shared: true, from: writer, then });
  }

  // --- the rules ---

  /** The queue's order: the sequence number, never the name, which begins with a random part. */
  protected override isBefore(a: Numbered, b: Numbered): boolean {
    return precedes(a, b);
  }

  /** Whose end to wait for, given the queue in order and one's own place in it; null: one holds. */
  protected override blocker(queue: readonly string[], place: number): string | null {
    return blockerOf(queue, place);
  }

  /** Whether the list itself is watched: then every change wakes everybody. */
  protected watchesAll(): boolean {
    return this.config.watch === 'all';
  }

  /** The predecessor went between the list and the watch: nobody will tell of it. */
  protected looksAgainWhenGone(): boolean {
    return true;
  }

  /** An event says that something changed, not that the lock is held. */
  protected onPredecessorEvent(contender: Contender): void {
    this.env.spawn(this.check(contender));
  }

  /** A watch fires once: whoever goes on waiting sets another. */
  protected watchesAgain(): boolean {
    return true;
  }

  /** Who has waited for too long takes his node out of the queue. */
  protected leavesWhenLate(): boolean {
    return true;
  }

  /** So does who is told to give up while the node is being made. */
  protected leavesWhenInterrupted(): boolean {
    return true;
  }

  // --- the steps ---

  protected override retry(wish: Wish): void {
    this.env.spawn(this.#enqueue(wish));
  }

  *#enqueue(wish: Wish): Task {
    while (!this.isLate(wish)) {
      const node = yield* this.createNode(wish);
      if (node === null) {
        yield* this.env.sleep(PAUSE_US);
        continue;
      }
      const contender = this.contend(wish, node);
      if (!this.isLate(wish)) yield* this.#wait(contender);
      else yield* this.#giveUpLate(contender, this.leavesWhenInterrupted());
      return;
    }
    this.drop(wish);
  }

  *#wait(contender: Contender): Task {
    const { wish } = contender;
    if (this.config.revokeAfterUs !== null)
      this.env.spawn(this.askAfter(contender, this.config.revokeAfterUs));
    yield* this.check(contender);
    yield* this.env.sleep(Math.max(0, wish.deadlineUs - this.env.monotonicUs()));
    if (contender.phase !== 'waiting') return;
    yield* this.#giveUpLate(contender, this.leavesWhenLate());
  }

  *#giveUpLate(contender: Contender, leaves: boolean): Task {
    contender.phase = 'over';
    if (leaves) yield* this.leave(contender, () => undefined);
    else this.forget(contender);
    contender.wish.then(null);
  }

  /** Steps 2 to 4, until the lock is held or an event is waited for. */
  protected *check(contender: Contender, again = false): Task {
    this.monitor?.queues.busy(contender.path);
    yield* this.#look(contender, again);
    this.monitor?.queues.waits(contender.path);
  }

  *#look(contender: Contender, again: boolean): Task {
    const folder = lockPath(contender.key);
    const onEvent = (): void => {
      if (contender.phase === 'waiting') this.onPredecessorEvent(contender);
    };
    while (contender.phase === 'waiting') {
      if (this.session.id !== contender.session) {
        this.giveUp(contender);
        return;
      }
      const all = this.watchesAll();
      const list = yield* this.session.read('GetChildren', folder, all ? onEvent : null);
      // Meanwhile the contender may have given up.
      if (list.status === 'ConnectionLoss' || !this.isWaiting(contender)) continue;
      const names = (list.value as readonly string[] | null) ?? [];
      const queue = inOrder(names, (a, b) => this.isBefore(a, b));
      const place = queue.indexOf(nameOf(contender.path));
      if (place < 0) {
        this.giveUp(contender);
        return;
      }
      const blocker = this.blocker(queue, place);
      if (blocker === null) {
        this.granted(contender);
        return;
      }
      if (all || (again && !this.watchesAgain())) return;
      if (yield* this.watch(`${folder}/${blocker}`, onEvent)) return;
    }
  }

  protected isWaiting(contender: Contender): boolean {
    return contender.phase === 'waiting';
  }

  /** Step 4. True when an event will come. `getData` leaves no watch behind on a node that is gone; `exists` does. */
  protected *watch(path: string, onEvent: () => void): Task<boolean> {
    const how = this.config.watchWith === 'exists' ? 'Exists' : 'GetData';
    const found = yield* this.session.read(how, path, onEvent);
    if (found.status === 'ok') return true;
    return found.status === 'NoNode' && !this.looksAgainWhenGone();
  }
}
