import type { LockService } from '../locks/index.ts';
import type { Contender } from './recipe.ts';

interface Entry {
  readonly lock: Contender;
  count: number;
}

/** Lets the one who holds a lock take it again: a count in the client, which is worth nothing without the node. */
export class Reentrant implements LockService<Contender> {
  readonly #service: LockService<Contender>;
  readonly #entries = new Map<string, Entry>();

  constructor(service: LockService<Contender>) {
    this.#service = service;
  }

  acquire(key: string, then: (lock: Contender | null) => void): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#service.acquire(key, this.#entering(key, then));
      return;
    }
    const again = this.mayReenter(entry.lock);
    if (again) entry.count += 1;
    then(again ? entry.lock : null);
  }

  acquireShared(key: string, then: (lock: Contender | null) => void): void {
    const entering = this.#entering(key, then);
    if (this.#service.acquireShared === undefined) this.#service.acquire(key, entering);
    else this.#service.acquireShared(key, entering);
  }

  #entering(key: string, then: (lock: Contender | null) => void) {
    return (lock: Contender | null): void => {
      if (lock !== null) this.#entries.set(key, { lock, count: 1 });
      then(lock);
    };
  }

  isHeld(lock: Contender): boolean {
    return this.#service.isHeld(lock);
  }

  release(lock: Contender, then: () => void): void {
    const entry = this.#entries.get(lock.key);
    if (entry?.lock === lock) {
      entry.count -= 1;
      if (entry.count > 0) {
        then();
        return;
      }
      this.#entries.delete(lock.key);
    }
    this.#service.release(lock, then);
  }

  isAskedBack(lock: Contender): boolean {
    return this.#service.isAskedBack?.(lock) === true;
  }

  // --- the rule ---

  /** The count stands only as long as the lock does. */
  protected mayReenter(lock: Contender): boolean {
    return this.isHeld(lock);
  }
}
