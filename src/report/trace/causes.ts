import * as Kind from '../../sim/engine/event-kind.ts';
import type { Trace, TraceRow } from '../../sim/engine/trace.ts';
import type { RecordedRun } from './recorded-run.ts';

/**
 * What led to what in a run: for every row at most one direct cause. A delivery or a loss comes from its send, a timer
 * from where it was set, a crash from its fault, a send from what its node had just handled.
 */
export class Causes {
  readonly #trace: Trace;
  readonly #clients: ReadonlySet<number>;
  #operations: Int32Array | null = null;

  constructor({ result: { trace, scenario } }: Pick<RecordedRun, 'result'>) {
    this.#trace = trace;
    const first = scenario.servers.length;
    this.#clients = new Set(scenario.clients.map((_, index) => first + index));
  }

  /** The row that led to this one; -1: nothing but the scenario. */
  causeOf(index: number): number {
    const row = this.#trace.row(index);
    switch (row.kind) {
      case Kind.DELIVER:
      case Kind.DROP:
        return this.sendOf(index);
      case Kind.TIMER:
      case Kind.WAKE:
      case Kind.SYNCED:
        return this.#actOf(row.cause);
      case Kind.CONTROL:
      case Kind.START:
        return row.cause;
      default:
        return this.#withinEvent(index, row);
    }
  }

  /** Of a delivery, a loss or a duplicate: the send; -1 when this is none of them. */
  sendOf(index: number): number {
    const row = this.#trace.row(index);
    if (row.kind === Kind.DELIVER) return this.#original(row.cause);
    if (row.kind === Kind.DUPLICATE) return this.#original(index);
    if (row.kind !== Kind.DROP) return -1;
    // What was lost at once follows its send; what was lost on arrival was scheduled by it.
    const before = index > 0 ? this.#trace.row(index - 1) : null;
    const atOnce =
      before?.kind === Kind.SEND && before.payload === row.payload && before.peer === row.peer;
    return atOnce ? index - 1 : this.#original(row.cause);
  }

  /** Copies follow their send. */
  #original(index: number): number {
    let at = index;
    while (this.#trace.row(at).kind === Kind.DUPLICATE) at -= 1;
    return at;
  }

  /** The row of the history's operation that a row works for, by its number in the history; -1: for none. */
  operationOf(index: number): number {
    this.#operations ??= this.#computeOperations();
    return this.#operations[index]!;
  }

  /** What happened inside an event after its first row. */
  #withinEvent(index: number, row: TraceRow): number {
    if (row.kind === Kind.DUPLICATE) return this.sendOf(index);
    const head = row.cause;
    if (head < 0) return head;
    for (let before = index - 1; before > head; before -= 1) {
      const { kind, node } = this.#trace.row(before);
      if (kind === Kind.FAULT_START || kind === Kind.FAULT_END) return before;
      if (kind === Kind.INVOKE && node === row.node) return before;
    }
    return head;
  }

  /** A send or a loss is a trace of the act, not the act: a timer was set by what its node handled then. */
  #actOf(index: number): number {
    if (index < 0) return index;
    const row = this.#trace.row(index);
    const isTrace = row.kind === Kind.SEND || row.kind === Kind.DUPLICATE || row.kind === Kind.DROP;
    return isTrace ? this.#withinEvent(index, { ...row, kind: Kind.SEND }) : index;
  }

  /**
   * A client's rows from the invocation to the answer, and what servers do because of them. A server's timer works for
   * nobody: else every heartbeat after the first write would.
   */
  #computeOperations(): Int32Array {
    const trace = this.#trace;
    const rows = trace.keptRows();
    const result = new Int32Array(rows).fill(-1);
    const current = new Map<number, number>();
    let invoked = 0;
    for (let index = 0; index < rows; index += 1) {
      const { kind, node } = trace.row(index);
      if (kind === Kind.INVOKE) {
        current.set(node, invoked);
        invoked += 1;
      }
      if (this.#clients.has(node) && kind !== Kind.DROP) result[index] = current.get(node) ?? -1;
      else if (kind !== Kind.TIMER && kind !== Kind.WAKE && kind !== Kind.CONTROL) {
        const cause = this.causeOf(index);
        if (cause >= 0) result[index] = result[cause]!;
      }
      if (kind === Kind.COMPLETE) current.delete(node);
    }
    return result;
  }
}
