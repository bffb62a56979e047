/**
 * The leader's view of who was heard of (ZooKeeper 3.8, ExpiryQueue): deadlines rounded up to whole ticks,
 * `(t / tick + 1) * tick`, so that a session ends later than its timeout after the last message, and at most one tick
 * later. Times in µs of the leader's monotonic clock.
 */
export class SessionTracker {
  readonly #tickUs: number;
  readonly #deadlines = new Map<number, number>();
  /** Put down to be closed; the log has not said so yet. */
  readonly #closing = new Set<number>();

  constructor(tickUs: number) {
    this.#tickUs = tickUs;
  }

  /**
   * A session begins, is heard of, or is taken over by a new leader: it has its whole timeout again.
   * False when its deadline has passed: it is being closed, and nothing brings it back.
   */
  touch(session: number, timeoutUs: number, nowUs: number): boolean {
    if (this.#closing.has(session)) return false;
    this.#deadlines.set(session, this.#roundUp(nowUs + timeoutUs));
    return true;
  }

  forget(session: number): void {
    this.#deadlines.delete(session);
    this.#closing.delete(session);
  }

  clear(): void {
    this.#deadlines.clear();
    this.#closing.clear();
  }

  /** Sessions whose deadline has come, once each. */
  takeExpired(nowUs: number): readonly number[] {
    const expired = [...this.#deadlines]
      .filter(([, deadlineUs]) => nowUs >= deadlineUs)
      .map(([session]) => session);
    for (const session of expired) {
      this.#deadlines.delete(session);
      this.#closing.add(session);
    }
    return expired;
  }

  isClosing(session: number): boolean {
    return this.#closing.has(session);
  }

  untilTickUs(nowUs: number): number {
    return this.#roundUp(nowUs) - nowUs;
  }

  #roundUp(timeUs: number): number {
    return (Math.floor(timeUs / this.#tickUs) + 1) * this.#tickUs;
  }
}
