import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { OperationRequest, Outcome, WitnessVerdict } from '../../protocol.ts';
import type { Entry } from '../entry.ts';
import type { ClientRequest } from '../messages.ts';
import type { ApplyResult } from '../state-machine.ts';
import type { Judge } from './judge.ts';
import { Writes } from './writes.ts';
import type { SeenWrite } from './writes.ts';

/** An operation of a client, from its invocation to its answer. */
export interface WitnessedOperation {
  readonly operation: OperationRequest;
  /** The highest place in the log that any operation completed before this one began has. */
  readonly floor: number;
  /** The last write of its key to begin among those completed before this operation began. */
  readonly latestWrite: SeenWrite | null;
  readonly write: SeenWrite | null;
  /** Index at which it took effect, 0 while it has not. */
  place: number;
  result: ApplyResult | null;
  /** It took effect more than once: it belongs to no session, and its request was delivered again. */
  repeated: boolean;
  /** The client was told that it has no effect. */
  failed: boolean;
}

/** A key's values, each from the index on that brought it. */
interface Change {
  readonly index: number;
  readonly value: unknown;
}

/** Below 2^53 for terms below 2^20. */
const TERMS = 0x10_0000;

/**
 * The white-box witness of linearizability: the log is the order. Every command takes effect at its index, every read
 * right after the earliest index that explains it; what ended before an operation began stands before it. When all
 * answers fit, the history is linearizable, and the log is the proof.
 */
export class Witness {
  readonly #judge: Judge;
  /** False when the configuration promises no fresh reads: what does not fit is then no fault of the servers. */
  readonly #promised: boolean;
  readonly #writes = new Writes();
  readonly #byRequest = new Map<ClientRequest, WitnessedOperation>();
  readonly #byEntry = new Map<number, WitnessedOperation>();
  readonly #changes = new Map<string, Change[]>();
  #floor = 0;
  #explained = 0;
  /** The first answer that the log does not explain. */
  #misfit: string | null = null;
  /** The first answer that no order of the operations explains. */
  #impossible: string | null = null;

  [INNER_STATE](): unknown {
    const answers = [this.#misfit, this.#impossible];
    return [this.#writes, this.#byRequest, this.#byEntry, this.#changes, this.#floor, answers];
  }

  constructor(judge: Judge, promised: boolean) {
    this.#judge = judge;
    this.#promised = promised;
  }

  /** A client begins an operation. */
  invoked(operation: OperationRequest): WitnessedOperation {
    return {
      operation,
      floor: this.#floor,
      latestWrite: this.#writes.latest(operation.key ?? ''),
      write: this.#writes.invoked(operation),
      place: 0,
      result: null,
      repeated: false,
      failed: false,
    };
  }

  /** The client asks for the operation with this request, once or several times. */
  requested(witnessed: WitnessedOperation, request: ClientRequest): void {
    this.#byRequest.set(request, witnessed);
  }

  /** A leader made an entry of a client's request. */
  proposed(entry: Entry, request: ClientRequest): void {
    const witnessed = this.#byRequest.get(request);
    if (witnessed !== undefined) this.#byEntry.set(entry.index * TERMS + entry.term, witnessed);
  }

  /** The reference state machine applied an entry; `value` is what its key holds now. */
  applied(entry: Entry, result: ApplyResult, value: unknown): void {
    const { index, term, command } = entry;
    if (command === null) return;
    this.#remember(command.key, index, value);
    const entryKey = index * TERMS + term;
    const witnessed = this.#byEntry.get(entryKey);
    if (witnessed === undefined) return;
    this.#byEntry.delete(entryKey);
    if (witnessed.place > 0) {
      if (command.session === 0) this.#tookEffectAgain(witnessed);
      // Within a session a repeated command is answered from memory: it took effect where it stands first.
      return;
    }
    if (result.status === 'sessionExpired') return;
    witnessed.place = index;
    witnessed.result = result;
    if (index <= witnessed.floor)
      this.#doesNotFit(
        'answers-follow-the-log',
        `${describe(witnessed)} took effect at index ${index}, before index ${witnessed.floor} that a client had been answered from when it began.`,
      );
    if (witnessed.failed && result.status === 'ok') this.#failedTookEffect(witnessed);
  }

  /** What no session protects may stand in the log twice (Raft §8): any of the entries may have been answered. */
  #tookEffectAgain(witnessed: WitnessedOperation): void {
    if (witnessed.operation.f === 'read') return;
    witnessed.repeated = true;
    this.#misfit ??= `${describe(witnessed)} belongs to no session and took effect more than once`;
  }

  #remember(key: string, index: number, value: unknown): void {
    let changes = this.#changes.get(key);
    if (changes === undefined) this.#changes.set(key, (changes = [{ index: 0, value: null }]));
    if (!same(changes[changes.length - 1]!.value, value)) changes.push({ index, value });
  }

  /** The client was told the outcome of its operation. */
  completed(witnessed: WitnessedOperation, request: ClientRequest | null, outcome: Outcome): void {
    if (request !== null) this.#byRequest.delete(request);
    if (outcome.type === 'info') return;
    const { operation } = witnessed;
    const compared = outcome.type === 'fail' && outcome.error === 'compare';
    if (outcome.type === 'fail' && !compared) this.#failed(witnessed);
    else if (operation.f === 'read') this.#read(witnessed, outcome.value ?? null);
    else this.#changed(witnessed, outcome);
  }

  #failed(witnessed: WitnessedOperation): void {
    // A read that goes through the log may stand there all the same: it changes nothing.
    if (witnessed.operation.f === 'read') return;
    witnessed.failed = true;
    this.#writes.failed(witnessed.write);
    if (witnessed.place > 0 && witnessed.result?.status === 'ok') this.#failedTookEffect(witnessed);
  }

  #failedTookEffect(witnessed: WitnessedOperation): void {
    this.#doesNotFit(
      'failures-have-no-effect',
      `A client was told that ${describe(witnessed)} failed, but it took effect at index ${witnessed.place}.`,
    );
  }

  /** A write, an append, a delete or a compare-and-set was answered. */
  #changed(witnessed: WitnessedOperation, outcome: Outcome): void {
    this.#writes.completed(witnessed.write);
    const { place, result } = witnessed;
    const status = outcome.type === 'ok' ? 'ok' : 'compare';
    if (place === 0)
      this.#doesNotFit(
        'answers-follow-the-log',
        `A client was answered "${status}" to ${describe(witnessed)}, of which no applied entry is known.`,
      );
    else if (result!.status !== status && !witnessed.repeated)
      this.#doesNotFit(
        'answers-follow-the-log',
        `A client was answered "${status}" to ${describe(witnessed)}; at index ${place} the answer is "${result!.status}".`,
      );
    else this.#explain(place);
  }

  #read(witnessed: WitnessedOperation, value: unknown): void {
    const key = witnessed.operation.key ?? '';
    this.#refute(witnessed, key, value);
    const place = this.#placeOf(key, value, witnessed.floor);
    if (place !== null) {
      this.#explain(place);
      return;
    }
    this.#misfit ??= `a read of ${key} does not fit into the order of the log`;
    if (!this.#promised) return;
    this.#doesNotFit(
      'answers-follow-the-log',
      `A client read ${key} = ${JSON.stringify(value)}, which is not its value at index ${witnessed.floor}, where the log stood when the read began, nor later.`,
    );
  }

  /** What no order at all explains. */
  #refute(witnessed: WitnessedOperation, key: string, value: unknown): void {
    const reason = this.#writes.refutes(key, value, witnessed.latestWrite);
    if (reason === null) return;
    this.#impossible ??= `read ${key} = ${JSON.stringify(value)}: ${reason}`;
    if (this.#writes.isUnknown(key, value))
      this.#doesNotFit(
        'values-were-written',
        `A client read ${key} = ${JSON.stringify(value)}: ${reason}.`,
      );
  }

  /** The first index from `floor` on at which the key has the value. */
  #placeOf(key: string, value: unknown, floor: number): number | null {
    const changes = this.#changes.get(key);
    if (changes === undefined) return value === null ? floor : null;
    let at = changes.length - 1;
    while (changes[at]!.index > floor) at -= 1;
    if (same(changes[at]!.value, value)) return floor;
    for (at += 1; at < changes.length; at += 1)
      if (same(changes[at]!.value, value)) return changes[at]!.index;
    return null;
  }

  #explain(place: number): void {
    this.#explained += 1;
    if (place > this.#floor) this.#floor = place;
  }

  #doesNotFit(invariant: string, sentence: string): void {
    this.#misfit ??= sentence;
    this.#judge.violated(invariant, [], sentence, []);
  }

  /** What the log says of all the answers so far. */
  verdict(): WitnessVerdict {
    if (this.#impossible !== null) return { verdict: 'refuted', sentence: this.#impossible };
    if (this.#misfit !== null) return { verdict: 'open', sentence: this.#misfit };
    return {
      verdict: 'proved',
      sentence: `the order of the log explains all ${this.#explained} answers`,
    };
  }
}

function describe({ operation: { f, key, value } }: WitnessedOperation): string {
  return `"${[f, key, value === undefined ? '' : JSON.stringify(value)].join(' ').trim()}"`;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
