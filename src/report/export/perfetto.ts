import type { OperationRequest, Outcome } from '../../protocols/protocol.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import { describeFaultBegun } from '../describe-fault.ts';
import { describeRow, operationText, outcomeText, type RowContext } from '../describe-row.ts';
import { rowContext } from '../show/row-context.ts';
import { Causes } from '../trace/causes.ts';
import { spansOf, type RunSpans } from '../trace/fault-spans.ts';
import { metricsOf } from '../trace/metrics.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';

/** The tracks of a node. */
const TRACKS = { state: 1, events: 2, process: 3 } as const;
/** Faults and counters belong to no node. */
const WORLD_PID = 0;

type Fields = Readonly<Record<string, unknown>>;

/**
 * A trace in Chrome's JSON format, for ui.perfetto.dev: a process a node; its roles and its time down or paused as nested
 * slices, its events as slices of 1 µs (events take no virtual time), messages as flows, operations and faults as async
 * slices (they overlap), counters by stretches of time. Times are virtual µs. What was lost has no flow but an instant.
 */
export function* perfetto(run: RecordedRun): Generator<string> {
  const { scenario, seed, hash } = run.result;
  const about = JSON.stringify({ scenario: scenario.name, seed, trace: hash });
  yield `{"displayTimeUnit":"ms","otherData":${about},"traceEvents":[\n`;
  let first = true;
  for (const event of new ChromeTrace(run).events()) {
    yield `${first ? '' : ',\n'}${JSON.stringify(event)}`;
    first = false;
  }
  yield '\n]}\n';
}

class ChromeTrace {
  readonly #run: RecordedRun;
  readonly #causes: Causes;
  readonly #spans: RunSpans;
  readonly #context: RowContext;
  readonly #endUs: number;

  constructor(run: RecordedRun) {
    this.#run = run;
    this.#causes = new Causes(run);
    this.#spans = spansOf(run);
    this.#context = rowContext(run, this.#spans, false);
    this.#endUs = run.result.virtualUs;
  }

  *events(): Generator<Fields> {
    yield* this.#names();
    yield* this.#states();
    yield* this.#outages();
    yield* this.#faults();
    yield* this.#counters();
    yield* this.#rows();
  }

  *#names(): Generator<Fields> {
    const name = (pid: number, text: string): Fields[] => [
      { ph: 'M', name: 'process_name', pid, tid: 0, args: { name: text } },
      { ph: 'M', name: 'process_sort_index', pid, tid: 0, args: { sort_index: pid } },
    ];
    yield* name(WORLD_PID, 'faults and counters');
    for (const [node, text] of this.#run.names.entries()) {
      yield* name(node + 1, text);
      for (const [track, tid] of Object.entries(TRACKS))
        yield { ph: 'M', name: 'thread_name', pid: node + 1, tid, args: { name: track } };
    }
  }

  /** One slice a state of a server, the role as its name: a state ends where the next begins. */
  *#states(): Generator<Fields> {
    const { states, names } = this.#run;
    for (const node of names.keys()) {
      const place = { pid: node + 1, tid: TRACKS.state };
      const changes = states.changesOf(node);
      for (const [index, { timeUs, state }] of changes.entries()) {
        const endUs = changes[index + 1]?.timeUs ?? this.#endUs;
        yield {
          ph: 'B',
          name: state.role,
          cat: 'state',
          ts: timeUs,
          ...place,
          args: { state: state.text },
        };
        yield { ph: 'E', ts: endUs, ...place };
      }
    }
  }

  *#outages(): Generator<Fields> {
    for (const { node, kind, startUs, endUs } of this.#spans.nodes) {
      const place = { pid: node + 1, tid: TRACKS.process };
      yield { ph: 'B', name: kind, cat: 'outage', ts: startUs, ...place };
      yield { ph: 'E', ts: endUs ?? this.#endUs, ...place };
    }
  }

  *#faults(): Generator<Fields> {
    for (const { fault, targets, startUs, endUs } of this.#spans.faults) {
      const common = { cat: 'fault', id: fault.id, pid: WORLD_PID, tid: 1 };
      const name = `${fault.id} ${fault.action.kind}`;
      yield {
        ph: 'b',
        name,
        ts: startUs,
        ...common,
        args: { what: describeFaultBegun({ fault, targets }) },
      };
      yield { ph: 'e', name, ts: endUs ?? this.#endUs, ...common };
    }
  }

  /** A counter keeps its value until it is said otherwise. */
  *#counters(): Generator<Fields> {
    const last = new Map<string, string>();
    function* counter(
      name: string,
      ts: number,
      args: Readonly<Record<string, number>>,
    ): Generator<Fields> {
      const text = JSON.stringify(args);
      if (last.get(name) === text) return;
      last.set(name, text);
      yield { ph: 'C', name, ts, pid: WORLD_PID, tid: 0, args };
    }
    for (const { toUs, ...bucket } of metricsOf(this.#run)) {
      const ts = Math.min(toUs, this.#endUs);
      const { sent, delivered, lost, ok, fail, info } = bucket;
      yield* counter('messages', ts, { sent, delivered, lost });
      yield* counter('in flight', ts, { messages: bucket.inFlight });
      yield* counter('operations', ts, { ok, fail, info });
      yield* counter('leaders', ts, { leaders: bucket.leaders });
    }
  }

  *#rows(): Generator<Fields> {
    const { trace } = this.#run.result;
    const open = new Map<number, { id: number; name: string }>();
    let invoked = 0;
    for (let index = 0; index < trace.keptRows(); index += 1) {
      const row = trace.row(index);
      if (row.kind === Kind.INVOKE) {
        const name = operationText(row.payload as OperationRequest);
        open.set(row.node, { id: invoked, name });
        yield { ph: 'b', name, ts: row.timeUs, ...operationFields(row, invoked) };
        invoked += 1;
      } else if (row.kind === Kind.COMPLETE) {
        const { operation, outcome } = row.payload as {
          operation: OperationRequest;
          outcome: Outcome;
        };
        const { id, name } = open.get(row.node)!;
        open.delete(row.node);
        yield {
          ph: 'e',
          name,
          ts: row.timeUs,
          ...operationFields(row, id),
          args: { outcome: outcomeText(operation, outcome) },
        };
      } else yield* this.#event(index, row);
    }
    for (const [node, { id, name }] of open)
      yield {
        ph: 'e',
        name,
        ts: this.#endUs,
        ...operationFields({ node }, id),
        args: { outcome: 'unknown: the run ended' },
      };
  }

  *#event(index: number, row: TraceRow): Generator<Fields> {
    if (row.node < 0 || row.kind === Kind.SEND) return;
    const what = describeRow(row, this.#run.names, this.#context).trim();
    const place = { ts: row.timeUs, pid: row.node + 1, tid: TRACKS.events };
    if (row.kind >= Kind.FIRST_INNER_KIND) {
      yield { ph: 'i', s: 't', name: what, cat: Kind.KIND_NAMES[row.kind] ?? '?', ...place };
      return;
    }
    const args = { event: row.event, what };
    yield {
      ph: 'X',
      dur: 1,
      name: nameOf(row),
      cat: Kind.KIND_NAMES[row.kind] ?? '?',
      ...place,
      args,
    };
    if (row.kind === Kind.DELIVER) yield* this.#flow(index, row);
  }

  /** From the event that sent to the event that got: both ends lie in their slices. */
  *#flow(index: number, row: TraceRow): Generator<Fields> {
    const send = this.#run.result.trace.row(this.#causes.sendOf(index));
    const common = { name: nameOf(row), cat: 'message', id: index };
    yield { ph: 's', ts: send.timeUs, pid: send.node + 1, tid: TRACKS.events, ...common };
    yield { ph: 'f', bp: 'e', ts: row.timeUs, pid: row.node + 1, tid: TRACKS.events, ...common };
  }
}

function operationFields({ node }: Pick<TraceRow, 'node'>, id: number): Fields {
  return { cat: 'operation', id, pid: node + 1, tid: TRACKS.events };
}

function nameOf({ kind, payload }: TraceRow): string {
  if (kind === Kind.DELIVER) return (payload as { readonly type: string }).type;
  return kind === Kind.TIMER ? `timer ${String(payload)}` : (Kind.KIND_NAMES[kind] ?? '?');
}
