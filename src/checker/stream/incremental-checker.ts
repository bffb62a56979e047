import { canonicalJson } from '../../history/canonical-json.ts';
import { DEFAULT_DIALECT } from '../../history/history.ts';
import type { Dialect, Status } from '../../history/history.ts';
import { CheckError } from '../check-error.ts';
import { appendStore } from '../models/kv-store.ts';
import { modelNamed } from '../models/catalogue.ts';
import type { Model } from '../models/model.ts';
import { plainStoreDefinition } from '../models/register.ts';
import type { RunningCall } from './call-compiler.ts';
import { ObjectStream } from './object-stream.ts';

/** The first event after which no order explains what clients saw. */
export interface StreamViolation {
  /** Number of the event: invocations and completions together, from 0. */
  readonly event: number;
  /** Number of the operation that completed, in order of invocation. */
  readonly operation: number;
  readonly process: number | string;
  readonly key: unknown;
}

/**
 * Follows a history while it is made and tells at once when it stops being linearizable. What it keeps is what the open
 * operations need: memory falls back at quiescent moments. An object with too many possibilities is given up. Give the recorded history to `check` for the explanation.
 */
export class IncrementalChecker {
  readonly #model: Model;
  readonly #dialect: Dialect;
  readonly #objects = new Map<string, ObjectStream>();
  readonly #open = new Map<number | string, { call: RunningCall; operation: number }>();
  #events = 0;
  #operations = 0;
  #violation: StreamViolation | undefined;

  /** @throws CheckError when there is no such model. */
  constructor(model: string | Model, dialect: Partial<Dialect> = {}) {
    const known = typeof model === 'string' ? modelNamed(model) : model;
    if (known === undefined)
      throw new CheckError({}, `there is no model ${JSON.stringify(model)}`, 'a known model', '');
    this.#model = known === plainStoreDefinition ? appendStore : known;
    this.#dialect = { ...DEFAULT_DIALECT, ...dialect };
  }

  /** The first violation, for good. */
  get violation(): StreamViolation | undefined {
    return this.#violation;
  }

  /** Whether an object had more possibilities than may be followed: a violation of it is not told. */
  get undecided(): boolean {
    return [...this.#objects.values()].some(({ gaveUp }) => gaveUp);
  }

  /** Events and configurations held: a measure of memory that does not depend on the machine. */
  get retained(): number {
    let sum = this.#open.size;
    for (const object of this.#objects.values()) sum += object.retained;
    return sum;
  }

  /** A client asks. @throws CheckError when the model does not know `f`, or the client has an operation open. */
  invoke(process: number | string, f: string, key: unknown, input: unknown): void {
    if (!this.#model.functions.includes(f))
      throw new CheckError(
        {},
        `the model does not know "${f}"`,
        this.#model.functions.join(', '),
        '',
      );
    if (this.#open.has(process))
      throw new CheckError({}, `process ${process} has an operation open`, 'its completion', '');
    const call: RunningCall = {
      f,
      process,
      key,
      input,
      output: undefined,
      status: undefined,
      error: null,
    };
    this.#open.set(process, { call, operation: this.#operations++ });
    this.#objectOf(call).invoke(call, this.#events++);
  }

  /** A client is answered. Returns the violation if there is one by now. @throws CheckError when nothing is open. */
  complete(
    process: number | string,
    status: Status,
    output?: unknown,
    error: string | null = null,
  ): StreamViolation | undefined {
    const open = this.#open.get(process);
    if (open === undefined)
      throw new CheckError({}, `process ${process} has no operation open`, 'an invocation', '');
    this.#open.delete(process);
    const { call, operation } = open;
    call.output = output;
    call.error = error;
    call.status = status;
    const event = this.#events++;
    if (this.#violation === undefined && !this.#objectOf(call).complete(call, event))
      this.#violation = { event, operation, process, key: call.key };
    return this.#violation;
  }

  #objectOf(call: RunningCall): ObjectStream {
    const { partition } = this.#model;
    const whole = { ...call, outcome: 'unknown' as const };
    const name = partition === null ? '' : canonicalJson(partition?.(whole) ?? call.key ?? null);
    let object = this.#objects.get(name);
    if (object === undefined) {
      object = new ObjectStream(this.#model, this.#dialect);
      this.#objects.set(name, object);
    }
    return object;
  }
}
