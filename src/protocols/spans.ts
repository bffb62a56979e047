/** Spans of virtual time, by name: how many have ended, their sum and the longest. All in µs. */
export class Spans {
  readonly #open = new Map<string, number>();
  count = 0;
  totalUs = 0;
  maxUs = 0;

  /** Begins the span `key`; one that is open goes on. */
  begin(key: string, nowUs: number): void {
    if (!this.#open.has(key)) this.#open.set(key, nowUs);
  }

  /** Ends the span `key`, if it is open. */
  end(key: string, nowUs: number): void {
    const sinceUs = this.#open.get(key);
    if (sinceUs === undefined) return;
    this.#open.delete(key);
    const spanUs = nowUs - sinceUs;
    this.count += 1;
    this.totalUs += spanUs;
    this.maxUs = Math.max(this.maxUs, spanUs);
  }

  /** Of those that have ended, rounded; 0 when none has. */
  get meanUs(): number {
    return this.count === 0 ? 0 : Math.round(this.totalUs / this.count);
  }
}
