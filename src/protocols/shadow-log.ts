import type { LogObserver } from './stable-log.ts';

/** A monitor's copy of one node's log: what is durable, told by the log itself and not by who uses it. */
export class ShadowLog<R> implements LogObserver<R> {
  readonly #keyOf: (record: R) => string;
  readonly #onDurable: (record: R) => void;
  readonly #onAppended: (record: R) => void;
  readonly #onRecovered: (records: readonly R[]) => void;
  #durable = new Set<string>();
  #volatile: { readonly record: R; readonly position: number }[] = [];
  /** Records written and forces asked for, recoveries not counted. */
  records = 0;
  forces = 0;

  /** `keyOf`: a record's name in {@link isDurable}. */
  constructor(
    keyOf: (record: R) => string,
    hooks: {
      readonly onAppended?: (record: R) => void;
      readonly onDurable?: (record: R) => void;
      readonly onRecovered?: (records: readonly R[]) => void;
    },
  ) {
    this.#keyOf = keyOf;
    this.#onAppended = hooks.onAppended ?? ignore;
    this.#onDurable = hooks.onDurable ?? ignore;
    this.#onRecovered = hooks.onRecovered ?? ignore;
  }

  isDurable(key: string): boolean {
    return this.#durable.has(key);
  }

  logRecovered(records: readonly R[]): void {
    this.#volatile = [];
    this.#durable = new Set(records.map(this.#keyOf));
    this.#onRecovered(records);
    for (const record of records) this.#onDurable(record);
  }

  logAppended(record: R, position: number): void {
    this.records += 1;
    this.#volatile.push({ record, position });
    this.#onAppended(record);
  }

  logForced(): void {
    this.forces += 1;
  }

  logDurable(position: number): void {
    const count = this.#volatile.filter((entry) => entry.position <= position).length;
    for (const { record } of this.#volatile.splice(0, count)) {
      this.#durable.add(this.#keyOf(record));
      this.#onDurable(record);
    }
  }
}

function ignore(): void {
  // Nobody asked.
}
