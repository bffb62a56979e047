import { createHash } from 'node:crypto';

import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import { describeFaultBegun } from '../describe-fault.ts';
import { describeRow } from '../describe-row.ts';
import { Causes } from '../trace/causes.ts';
import { spansOf } from '../trace/fault-spans.ts';
import { operationRows, type OperationRows } from '../trace/operation-rows.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';

/** Virtual time 0: a date that is nobody's, the same for every run. 2020-01-01T00:00:00Z. */
const EPOCH_NS = 1_577_836_800_000_000_000n;
/** OTLP's numbers for kinds of spans. */
const SPAN = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;
const STATUS_ERROR = 2;

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

/**
 * OpenTelemetry's JSON: a trace a client operation, its root the operation, a child for every event that worked for it, whose
 * parent is what led to it. Ids come from the seed and the number of the row: the same run, the same ids. Faults are events
 * of the operations that they overlap.
 */
export function* otlp(run: RecordedRun): Generator<string> {
  const { scenario, seed, hash } = run.result;
  const writer = new SpanWriter(run);
  yield '{"resourceSpans":[';
  for (const [node, name] of run.names.entries()) {
    const resource = {
      attributes: [
        text('service.name', name),
        text('splitbrain.scenario', scenario.name),
        text('splitbrain.seed', seed),
        text('splitbrain.trace', hash),
      ],
    };
    yield `${node === 0 ? '\n' : ',\n'}{"resource":${JSON.stringify(resource)},"scopeSpans":[{"scope":{"name":"splitbrain"},"spans":[`;
    let first = true;
    for (const span of writer.spansOf(node)) {
      yield `${first ? '\n' : ',\n'}${JSON.stringify(span)}`;
      first = false;
    }
    yield ']}]}';
  }
  yield '\n]}\n';
}

class SpanWriter {
  readonly #run: RecordedRun;
  readonly #causes: Causes;
  readonly #operations: readonly OperationRows[];
  readonly #rowsOfNode: readonly number[][];

  constructor(run: RecordedRun) {
    this.#run = run;
    this.#causes = new Causes(run);
    this.#operations = operationRows(run.result.trace);
    this.#rowsOfNode = this.#handledRows();
  }

  /** The events of each node that worked for an operation. */
  #handledRows(): number[][] {
    const { trace } = this.#run.result;
    const rows: number[][] = this.#run.names.map(() => []);
    for (let index = 0; index < trace.keptRows(); index += 1) {
      const { kind, node } = trace.row(index);
      if (node < 0 || kind >= Kind.FIRST_INNER_KIND) continue;
      if (this.#causes.operationOf(index) >= 0) rows[node]!.push(index);
    }
    return rows;
  }

  *spansOf(node: number): Generator {
    for (const [index, operation] of this.#operations.entries())
      if (operation.node === node) yield this.#root(index, operation);
    for (const index of this.#rowsOfNode[node]!) yield this.#handler(index);
  }

  #root(index: number, { invokeRow, completeRow }: OperationRows): unknown {
    const { result, names } = this.#run;
    const { f, key, status, error } = result.history.operation(index);
    const startUs = result.trace.row(invokeRow).timeUs;
    const endUs = completeRow < 0 ? result.virtualUs : result.trace.row(completeRow).timeUs;
    return {
      traceId: this.#traceId(index),
      spanId: this.#spanId(invokeRow),
      name: key === undefined ? f : `${f} ${typeof key === 'string' ? key : JSON.stringify(key)}`,
      kind: SPAN.client,
      startTimeUnixNano: nanos(startUs),
      endTimeUnixNano: nanos(endUs),
      attributes: [
        text('splitbrain.client', names[result.trace.row(invokeRow).node] ?? ''),
        { key: 'splitbrain.operation', value: { intValue: String(index) } },
        text('splitbrain.outcome', status),
      ],
      events: this.#faultEvents(startUs, endUs),
      status: status === 'ok' ? {} : { code: STATUS_ERROR, message: error ?? status },
    };
  }

  #faultEvents(startUs: number, endUs: number): unknown[] {
    return spansOf(this.#run)
      .faults.filter((span) => span.startUs <= endUs && (span.endUs ?? Infinity) >= startUs)
      .map(({ fault, targets, ...span }) => ({
        timeUnixNano: nanos(Math.max(span.startUs, startUs)),
        name: `fault ${fault.id}`,
        attributes: [text('splitbrain.fault', describeFaultBegun({ fault, targets }))],
      }));
  }

  #handler(index: number): unknown {
    const { result, names } = this.#run;
    const row = result.trace.row(index);
    const what = describeRow(row, names).trim();
    const time = nanos(row.timeUs);
    return {
      traceId: this.#traceId(this.#causes.operationOf(index)),
      spanId: this.#spanId(index),
      parentSpanId: this.#spanId(this.#parentOf(index)),
      name: nameOf(row),
      kind: row.kind === Kind.DELIVER ? SPAN.consumer : SPAN.internal,
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes: [
        text('splitbrain.what', what),
        { key: 'splitbrain.event', value: { intValue: String(row.event) } },
      ],
    };
  }

  /** The event that led to it, or the operation itself. */
  #parentOf(index: number): number {
    const { trace } = this.#run.result;
    const operation = this.#causes.operationOf(index);
    const { invokeRow, node } = this.#operations[operation]!;
    for (let at = this.#causes.causeOf(index); at >= 0; at = this.#causes.causeOf(at)) {
      if (this.#causes.operationOf(at) !== operation) return invokeRow;
      const row = trace.row(at);
      if (row.kind === Kind.INVOKE && row.node === node) return at;
      if (row.kind < Kind.FIRST_INNER_KIND && row.node >= 0) return at;
    }
    return invokeRow;
  }

  #traceId(operation: number): string {
    return digest(`${this.#run.result.seed}/operation/${operation}`, 32);
  }

  #spanId(row: number): string {
    return digest(`${this.#run.result.seed}/row/${row}`, 16);
  }
}

function nameOf({ kind, payload }: TraceRow): string {
  return kind === Kind.DELIVER
    ? (payload as { readonly type: string }).type
    : (Kind.KIND_NAMES[kind] ?? '?');
}

function text(key: string, value: string): Attribute {
  return { key, value: { stringValue: value } };
}

function nanos(us: number): string {
  return String(EPOCH_NS + BigInt(us) * 1_000n);
}

function digest(name: string, digits: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, digits);
}
