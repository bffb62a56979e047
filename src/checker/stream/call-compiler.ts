import type { Dialect, Status } from '../../history/history.ts';
import { ValueTable } from '../../history/value-table.ts';
import type { Call, Model } from '../models/model.ts';
import { isRegisterModel } from '../models/register.ts';
import type { RegisterModel } from '../models/register.ts';
import { casWasRefused } from '../models/register.ts';
import { CAS, OTHER, READ, WRITE } from '../search/machine.ts';
import type { Machine } from '../search/machine.ts';
import { ModelMachine } from '../search/model-machine.ts';
import { RegisterMachine } from '../search/register-machine.ts';

/** No more different calls than this between two quiescent moments. */
const MOST_CALLS = 1 << 24;

/** An operation of a running history; `status` is undefined while nobody knows how it ends. */
export interface RunningCall {
  readonly f: string;
  readonly process: number | string;
  readonly key: unknown;
  readonly input: unknown;
  output: unknown;
  status: Status | undefined;
  error: string | null;
}

/** Turns running operations of one object into actions of a machine. */
export class CallCompiler {
  readonly machine: Machine;
  readonly #model: Model;
  readonly #dialect: Dialect;
  readonly #values = new ValueTable();
  readonly #registers: RegisterMachine | undefined;
  readonly #others: ModelMachine | undefined;

  constructor(model: Model, dialect: Dialect) {
    this.#model = model;
    this.#dialect = dialect;
    if (isRegisterModel(model)) this.machine = this.#registers = new RegisterMachine();
    else this.machine = this.#others = new ModelMachine(model, MOST_CALLS);
  }

  /** The number of a state. */
  state(value: unknown): number {
    return this.#others?.state(value) ?? this.#values.intern(value ?? null);
  }

  /** The state behind a number. */
  value(state: number): unknown {
    return this.#others === undefined ? this.#values.decode(state) : this.#others.stateValue(state);
  }

  initial(): number {
    return this.state(this.#model.init(this.#dialect.initial ?? null));
  }

  /** How much has been interned: what a fresh compiler would give back. */
  get size(): number {
    return this.#others?.size ?? this.#registers!.size;
  }

  /** The action of a call as far as its end is known, or -1 when it neither does nor tells anything. */
  action(call: RunningCall): number {
    return isRegisterModel(this.#model)
      ? this.#registerAction(this.#model, call)
      : this.#modelAction(call);
  }

  #registerAction(model: RegisterModel, call: RunningCall): number {
    const machine = this.#registers!;
    const code = (value: unknown): number => this.#values.intern(value ?? null);
    const known = call.status === 'ok';
    const f = model.registerFunction(call.f);
    if (f === 'read') {
      const unknown = call.output === null && this.#dialect.nilRead === 'unknown';
      if (!known || call.output === undefined || unknown) return -1;
      return machine.action(READ, code(call.output), 0);
    }
    if (f === 'cas') {
      const [from, to] = call.input as [unknown, unknown];
      const refused =
        call.status === 'fail'
          ? casWasRefused(call.error, this.#dialect)
          : known && call.output === false;
      if (call.status === 'fail' && !refused) return -1;
      return machine.action(refused ? OTHER : CAS, code(from), code(to));
    }
    if (call.status === 'fail') return -1;
    return machine.action(WRITE, 0, f === 'delete' ? code(null) : code(call.input));
  }

  #modelAction(call: RunningCall): number {
    const base: Call = {
      f: call.f,
      process: call.process,
      key: call.key,
      input: call.input,
      output: call.status === 'ok' ? call.output : undefined,
      outcome: call.status === 'ok' ? 'ok' : 'unknown',
    };
    const declined =
      (call.status === 'fail' && this.#model.refuses?.(base, call.error, this.#dialect) === true) ||
      (call.f === 'cas' && call.status === 'ok' && call.output === false);
    if (call.status === 'fail' && !declined) return -1;
    const whole: Call = declined ? { ...base, outcome: 'refused' } : base;
    const pure = this.#model.isPure?.(whole) ?? false;
    const unknown = base.output === null && this.#dialect.nilRead === 'unknown';
    const isRead = call.f === 'read' || call.f === 'get' || call.f === 'r';
    if (pure && (call.status === undefined || call.status === 'info' || (isRead && unknown)))
      return -1;
    return this.#others!.action(whole);
  }
}
