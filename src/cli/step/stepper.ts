import { diffRuns } from '../../report/diff/run-diff.ts';
import { describeFault } from '../../report/describe-fault.ts';
import { describeRow } from '../../report/describe-row.ts';
import { grouped, visible } from '../../report/format.ts';
import { eventLines, type ShowOptions } from '../../report/show/show-lines.ts';
import { whyLines } from '../../report/show/why-lines.ts';
import { Causes } from '../../report/trace/causes.ts';
import { spansOf } from '../../report/trace/fault-spans.ts';
import { operationRows } from '../../report/trace/operation-rows.ts';
import { rowOfPlace } from '../../report/trace/place.ts';
import { recordRun, type RecordedRun } from '../../report/trace/recorded-run.ts';
import { violationRow } from '../../report/trace/violation-row.ts';
import { whyOf } from '../../report/trace/why.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import { scheduleWithout } from '../schedule-without.ts';
import { inspectNode } from './inspect-node.ts';
import { leavesOf, stateDiff } from './state-diff.ts';

const MAX_CHANGES = 40;

/** A command that cannot be done; the message says why and what can. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** A place in a run; the debugger without its terminal: commands in, lines out. */
export class Stepper {
  #run: RecordedRun;
  #event = 0;
  #causes: Causes;
  /** Runs that a what-if was asked of, with the place then. */
  readonly #before: { readonly run: RecordedRun; readonly event: number }[] = [];
  readonly #options: ShowOptions;

  constructor(run: RecordedRun, options: ShowOptions) {
    this.#run = run;
    this.#causes = new Causes(run);
    this.#options = options;
  }

  /** The event that happened last; 0 before the first. */
  get event(): number {
    return this.#event;
  }

  /** `event 12 of 887, 0.163 s`. */
  where(): string {
    const { result } = this.#run;
    const row = this.#event === 0 ? null : result.trace.row(result.trace.firstRowOf(this.#event));
    const time = ((row?.timeUs ?? 0) / 1_000_000).toFixed(6);
    const without = this.#before.length === 0 ? '' : `   (what if, ${this.#before.length} deep)`;
    return `event ${grouped(this.#event)} of ${grouped(result.events)}, ${time} s${without}`;
  }

  *step(count: number): Generator<string> {
    const { events } = this.#run.result;
    if (this.#event === events) throw new StepError(`the run ends at event ${events}`);
    const last = Math.min(events, this.#event + count);
    while (this.#event < last) {
      this.#event += 1;
      yield* this.show();
    }
  }

  *back(count: number): Generator<string> {
    if (this.#event === 0) throw new StepError('this is the beginning');
    this.#event = Math.max(0, this.#event - count);
    yield* this.show();
  }

  /** The event where one is. */
  *show(): Generator<string> {
    if (this.#event > 0) yield* eventLines(this.#run, this.#event, this.#options);
    else yield 'before the first event';
  }

  *goto(place: string): Generator<string> {
    const { trace } = this.#run.result;
    this.#event = place === '0' ? 0 : trace.row(rowOfPlace(this.#run, place)).event;
    yield* this.show();
  }

  /** The next event that begins or ends a fault. */
  fault(): Generator<string> {
    return this.#next('fault', ({ kind }) => kind === Kind.FAULT_START || kind === Kind.FAULT_END);
  }

  /** The next event in which a node acts. */
  node(name: string): Generator<string> {
    const node = this.#nodeNamed(name);
    return this.#next(
      `event of ${name}`,
      (row) => row.node === node && row.kind < Kind.FIRST_INNER_KIND,
    );
  }

  /** The next event that changes the role of a server, of this one if named. */
  *state(name: string | undefined): Generator<string> {
    const { names, states } = this.#run;
    const nodes = name === undefined ? names.keys() : [this.#nodeNamed(name)];
    const next = [...nodes].flatMap((node) =>
      states
        .changesOf(node)
        .filter(({ state }, index, changes) => state.role !== changes[index - 1]?.state.role)
        .filter(({ event }) => event > this.#event)
        .map(({ event }) => event)
        .slice(0, 1),
    );
    if (next.length === 0) throw new StepError('no role changes after this event');
    this.#event = Math.min(...next);
    yield* this.show();
  }

  /** The next message of an operation, sent, got or lost, or its end. */
  operation(text: string): Generator<string> {
    const { history } = this.#run.result;
    const number = Number(/^#?(\d+)$/.exec(text)?.[1] ?? NaN);
    if (!(number < history.length))
      throw new StepError(
        `"${text}": expected an operation of this run, ${history.length === 0 ? 'which has none' : `#0 to #${history.length - 1}`}`,
      );
    return this.#next(
      `event of operation #${number}`,
      (_, index) => this.#causes.operationOf(index) === number,
    );
  }

  *violation(): Generator<string> {
    const row = violationRow(this.#run);
    if (row < 0) throw new StepError('no property of this run is violated at a place in it');
    const { event } = this.#run.result.trace.row(row);
    if (event <= this.#event) yield `(the violation lies behind, at event ${event})`;
    this.#event = event;
    yield* this.show();
  }

  *#next(
    what: string,
    wanted: (row: { kind: number; node: number }, index: number) => boolean,
  ): Generator<string> {
    const { trace } = this.#run.result;
    for (let index = trace.firstRowOf(this.#event + 1); index < trace.keptRows(); index += 1) {
      const row = trace.row(index);
      if (!wanted(row, index)) continue;
      this.#event = row.event;
      yield* this.show();
      return;
    }
    throw new StepError(`no ${what} after event ${this.#event}`);
  }

  /** A node's state: its protocol's line, what the event changed, or with `full` everything. */
  *inspect(name: string | undefined, full: boolean): Generator<string> {
    if (this.#event === 0) throw new StepError('nothing has happened yet: step first');
    const node = name === undefined ? this.#actingNode() : this.#nodeNamed(name);
    const { names, states } = this.#run;
    const { before, after, status } = inspectNode(this.#run, node, this.#event);
    const line = states.at(node, this.#event)?.text;
    yield `${names[node]!} (${status})${line === undefined ? '' : `: ${visible(line)}`}`;
    const lines = full
      ? [...leavesOf(after)].map(([path, value]) => `  ${path}: ${value}`)
      : stateDiff(before, after).map((text) => `  ${text}`);
    if (lines.length === 0)
      yield '  (this event changed nothing of it: `inspect NODE full` shows all)';
    const shown = full ? lines : lines.slice(0, MAX_CHANGES);
    for (const text of shown) yield visible(text);
    if (shown.length < lines.length)
      yield `  (and ${grouped(lines.length - shown.length)} more: \`inspect NODE full\` shows all of its state)`;
  }

  #actingNode(): number {
    const { trace } = this.#run.result;
    const { node } = trace.row(trace.firstRowOf(this.#event));
    if (node < 0) throw new StepError('no node acts in this event: name one');
    return node;
  }

  *why(place: string | undefined): Generator<string> {
    const { trace } = this.#run.result;
    if (this.#event === 0 && place === undefined) throw new StepError('nothing has happened yet');
    const row = place === undefined ? trace.firstRowOf(this.#event) : rowOfPlace(this.#run, place);
    yield* whyLines(this.#run, whyOf(this.#run, row), this.#options);
  }

  *around(count: number): Generator<string> {
    const { events } = this.#run.result;
    for (
      let event = Math.max(1, this.#event - count);
      event <= Math.min(events, this.#event + count);
      event += 1
    )
      yield* eventLines(this.#run, event, this.#options);
  }

  *faults(): Generator<string> {
    const spans = spansOf(this.#run).faults;
    for (const fault of this.#run.result.schedule) {
      const span = spans.find((one) => one.fault.id === fault.id);
      const when =
        span === undefined
          ? 'never began'
          : `events ${span.startEvent} to ${span.endEvent ?? 'the end'} [${span.targets.join(' ')}]`;
      yield `  ${visible(describeFault(fault))}   ${when}`;
    }
    if (this.#run.result.schedule.length === 0) yield '  none';
  }

  *operations(): Generator<string> {
    const { trace } = this.#run.result;
    for (const [index, { invokeRow, completeRow }] of operationRows(trace).entries()) {
      const [asked, learned] = [invokeRow, completeRow].map((row) =>
        row < 0 ? null : trace.row(row),
      );
      const words = describeRow(learned ?? asked!, this.#run.names).trim();
      const until = learned === null || learned === undefined ? '...' : String(learned.event);
      yield `  #${index}  events ${asked!.event} to ${until}  ${visible(words)}`;
    }
  }

  /** Goes over into the run without these faults: to the same event while the runs are equal there, else where they part. */
  *whatIf(without: readonly string[]): Generator<string> {
    if (without.length === 0)
      throw new StepError(
        `without which fault? This run has ${this.#run.result.schedule.map(({ id }) => id).join(', ') || 'none'}`,
      );
    const { scenario, seed, schedule } = this.#run.result;
    const other = recordRun(scenario, {
      seed,
      schedule: scheduleWithout(schedule, without, 'what-if'),
    });
    const diff = diffRuns(this.#run, other);
    if (diff === null) {
      yield `The run without ${without.join(', ')} is identical: it made no difference.`;
      return;
    }
    const { equalEvents, first, firstActing, verdicts } = diff;
    this.#before.push({ run: this.#run, event: this.#event });
    const stays = this.#event <= equalEvents;
    yield `Without ${without.join(', ')} the run is the same up to event ${grouped(equalEvents)}; then`;
    const at = firstActing ?? first;
    yield `  before: ${this.#rowWords(this.#run, at.a)}`;
    yield `  now:    ${this.#rowWords(other, at.b)}`;
    for (const { property, a, b } of verdicts) yield `  ${property}: ${a} before, ${b} now`;
    if (!stays) this.#event = Math.min(equalEvents + 1, other.result.events);
    yield stays
      ? 'You are at the same event of that run (`undo` goes back):'
      : 'Your event is not in that run; this is where they part (`undo` goes back):';
    this.#enter(other);
    yield* this.show();
  }

  #rowWords({ result, names }: RecordedRun, index: number): string {
    if (index < 0) return 'the run had ended';
    const row = result.trace.row(index);
    return `event ${row.event}  ${visible(describeRow(row, names).trim())}`;
  }

  /** Back into the run before the last what-if. */
  *undo(): Generator<string> {
    const last = this.#before.pop();
    if (last === undefined) throw new StepError('there was no what-if');
    this.#event = last.event;
    this.#enter(last.run);
    yield* this.show();
  }

  #enter(run: RecordedRun): void {
    this.#run = run;
    this.#causes = new Causes(run);
  }

  #nodeNamed(name: string): number {
    const node = this.#run.names.indexOf(name);
    if (node < 0)
      throw new StepError(
        `there is no node ${name}: expected one of ${this.#run.names.join(', ')}`,
      );
    return node;
  }
}
