import type { Task } from '../../sim/engine/env.ts';
import { nameOf } from './paths.ts';
import { inOrder, lockPath, type Numbered } from './queue-rules.ts';
import { Recipe } from './recipe.ts';
import type { Contender } from './recipe.ts';

/** What is written into a holder's node to ask it to let go: apache/curator's word. */
export const REVOKE = '__REVOKE__';

/**
 * A lock that its holder can be asked for, as with Curator's Revocable and Revoker: who has waited for long writes a word
 * into the holder's node, and a holder watches its own. It is only asked: its node stands until it lets go by itself.
 */
export abstract class RevocableRecipe extends Recipe {
  isAskedBack(lock: Contender): boolean {
    return lock.askedBack;
  }

  // --- the rules ---

  protected abstract isBefore(a: Numbered, b: Numbered): boolean;

  /** Whose end to wait for, given the queue in order and one's own place in it; null: one holds. */
  protected abstract blocker(queue: readonly string[], place: number): string | null;

  /** Whom to ask, given the queue in order and one's own place in it: whoever waits for nobody, all readers at the head. */
  protected holdersBefore(queue: readonly string[], place: number): readonly string[] {
    return queue.filter((_, at) => at < place && this.blocker(queue, at) === null);
  }

  /** The holder has heard: whoever works under the lock sees it when it looks up, and lets go of it. */
  protected heardAsking(contender: Contender): void {
    contender.askedBack = true;
  }

  // --- the steps ---

  protected override granted(contender: Contender): void {
    super.granted(contender);
    if (this.config.revokeAfterUs !== null) this.env.spawn(this.#listen(contender));
  }

  /** Sets the watch on one's own node; the read that sets it finds what was written before. */
  *#listen(contender: Contender): Task {
    const onEvent = (): void => {
      this.env.spawn(this.#listen(contender));
    };
    while (this.isHeld(contender) && this.session.id === contender.session) {
      const found = yield* this.session.read('GetData', contender.path, onEvent);
      if (found.status === 'ConnectionLoss') continue;
      if (found.value !== REVOKE || !this.isHeld(contender) || contender.askedBack) return;
      this.env.mark('askedBack', { key: contender.key });
      this.heardAsking(contender);
      return;
    }
  }

  /** Asks whenever one has waited for so long, µs: the holder may be another by then, or the request lost. */
  protected *askAfter(contender: Contender, afterUs: number): Task {
    for (;;) {
      yield* this.env.sleep(afterUs);
      if (contender.phase !== 'waiting' || this.session.id !== contender.session) return;
      yield* this.#ask(contender);
    }
  }

  *#ask(contender: Contender): Task {
    const { key, path, session } = contender;
    const folder = lockPath(key);
    const list = yield* this.session.read('GetChildren', folder);
    if (list.status !== 'ok') return;
    const names = list.value as readonly string[];
    const queue = inOrder(names, (a, b) => this.isBefore(a, b));
    const place = queue.indexOf(nameOf(path));
    for (const name of this.holdersBefore(queue, place)) {
      if (this.session.id !== session) return;
      const holder = `${folder}/${name}`;
      this.env.mark('asks', { key });
      yield* this.session.write({
        op: 'setData',
        session,
        path: holder,
        data: REVOKE,
        version: -1,
      });
    }
  }
}
