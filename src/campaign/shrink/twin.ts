import { runScenario } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { formatDuration, parseDurationUs } from '../../scenario/units.ts';
import type { Divergence } from '../../sim/engine/divergence.ts';
import type { Trace, TraceRow } from '../../sim/engine/trace.ts';
import type { ScenarioDocument } from '../documents/document.ts';
import { rowText } from '../run/divergence.ts';
import { withFaultTime, type FaultNecessity, type Slack } from './necessity.ts';
import { withFaults } from './passes.ts';
import type { Trials } from './trials.ts';

/** The nearest run that passes, and where the failing one parts from it. */
export interface PassingTwin {
  /** `f1 begins 3 ms later`. */
  readonly difference: string;
  readonly event: number;
  /** What the failing run does there, and what the twin does. */
  readonly failing: string;
  readonly passing: string;
  /** The line of node code that acted at the divergence in the failing run: `core/reads.ts:88`; null: no node did. */
  readonly source: string | null;
}

/** A change of one fault under which the run passes. */
export interface Neighbour {
  readonly id: string;
  /** `f1 begins 3 ms later`. */
  readonly difference: string;
  /** Which of its times is changed, and to what; null: the fault is left out. */
  readonly moved: { readonly of: Slack['of']; readonly us: number } | null;
  readonly distanceUs: number;
}

/** Null when no change of one fault makes it pass (there is no fault, or none matters). */
export function nearestTwin(
  document: ScenarioDocument,
  necessity: readonly FaultNecessity[],
  trials: Trials,
): PassingTwin | null {
  const neighbours = neighboursOf(necessity, (id, of) => currentUs(document, id, of));
  const failing = trials.compile(document);
  for (const neighbour of neighbours) {
    const passing = trials.compile(changed(document, neighbour));
    if (failing === null || passing === null) continue;
    const [left, right] = [traced(failing, trials), traced(passing, trials)];
    const divergence = firstActing(left.trace, right.trace);
    if (divergence === null) continue;
    const names = [...failing.servers, ...failing.clients];
    return {
      difference: neighbour.difference,
      event: divergence.event,
      failing: rowText(divergence.left, names),
      passing: rowText(divergence.right, names),
      source: sourceLine(failing, trials.seed, divergence),
    };
  }
  return null;
}

/** The passing runs that the search for necessity and slack came upon, the nearest first. */
export function neighboursOf(
  necessity: readonly FaultNecessity[],
  currentUs: (id: string, of: Slack['of']) => number,
): Neighbour[] {
  return necessity
    .flatMap(({ id, needed, slack }) => {
      const moved = slack.flatMap(({ of, passesBelowUs, passesAboveUs }) => {
        const words = of === 'for' ? 'lasts' : 'begins';
        const [less, more] = of === 'for' ? ['shorter', 'longer'] : ['earlier', 'later'];
        return [
          { us: passesBelowUs, way: less },
          { us: passesAboveUs, way: more },
        ].flatMap(({ us, way }): Neighbour[] => {
          if (us === null) return [];
          const distanceUs = Math.abs(us - currentUs(id, of));
          const difference = `${id} ${words} ${formatDuration(distanceUs)} ${way}`;
          return [{ id, difference, moved: { of, us }, distanceUs }];
        });
      });
      const without: Neighbour = {
        id,
        difference: `without ${id}`,
        moved: null,
        distanceUs: Number.MAX_SAFE_INTEGER,
      };
      return needed ? [...moved, without] : moved;
    })
    .sort((a, b) => a.distanceUs - b.distanceUs);
}

function changed(document: ScenarioDocument, { id, moved }: Neighbour): ScenarioDocument {
  if (moved !== null) return withFaultTime(document, id, moved.of, moved.us);
  return withFaults(
    document,
    (document.faults ?? []).filter((fault) => fault.id !== id),
  );
}

function currentUs(document: ScenarioDocument, id: string, key: Slack['of']): number {
  const fault = (document.faults ?? []).find((one) => one.id === id);
  return parseDurationUs(fault?.[key] ?? '0us');
}

function traced(scenario: Scenario, trials: Trials): RunResult {
  return runScenario(scenario, { seed: trials.seed, trace: 'events' });
}

/** Where two runs part as far as nodes go. */
export type FirstAct = Omit<Divergence, 'row'>;

/** The first thing that a node does otherwise; that the changed fault itself differs is known already. */
export function firstActing(left: Trace, right: Trace): FirstAct | null {
  const [a, b] = [new Acts(left), new Acts(right)];
  for (;;) {
    const [one, other] = [a.next(), b.next()];
    if (one === null && other === null) return null;
    if (one !== null && other !== null && isSameAct(one, other)) continue;
    return {
      event: Math.min(one?.event ?? Infinity, other?.event ?? Infinity),
      left: one,
      right: other,
    };
  }
}

/** The rows of a trace in which a node takes part, in order. */
class Acts {
  readonly #trace: Trace;
  #index = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  next(): TraceRow | null {
    while (this.#index < this.#trace.keptRows()) {
      const row = this.#trace.row(this.#index++);
      if (row.node >= 0) return row;
    }
    return null;
  }
}

function isSameAct(a: TraceRow, b: TraceRow): boolean {
  return (
    a.timeUs === b.timeUs &&
    a.kind === b.kind &&
    a.node === b.node &&
    a.peer === b.peer &&
    a.a === b.a &&
    a.digest === b.digest
  );
}

/** Runs up to the divergence and asks who records that row. */
function sourceLine(scenario: Scenario, seed: string, { left }: FirstAct): string | null {
  if (left === null || left.node < 0) return null;
  let source: string | null = null;
  runScenario(scenario, {
    seed,
    untilEvent: left.event,
    prepare: ({ simulation }) => {
      const { trace } = simulation;
      const record = trace.record.bind(trace);
      trace.record = (timeUs, kind, node, peer, a, digest, payload) => {
        record(timeUs, kind, node, peer, a, digest, payload);
        const isIt =
          source === null &&
          trace.events === left.event &&
          kind === left.kind &&
          node === left.node &&
          digest === left.digest;
        if (isIt) source = protocolFrame(new Error().stack ?? '');
      };
    },
  });
  return source;
}

/** The innermost frame in a protocol's code. */
function protocolFrame(stack: string): string | null {
  const frame = /[/\\]protocols[/\\]([^\s:)]+:\d+)/.exec(stack);
  return frame === null ? null : `protocols/${frame[1]!.replaceAll('\\', '/')}`;
}
