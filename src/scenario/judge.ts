import { check } from '../checker/check.ts';
import type { History } from '../history/history.ts';
import { namedByClient } from './client-names.ts';
import { judgeAgreement } from './judge-agreement.ts';
import type { LivenessPhase } from './liveness.ts';
import {
  AS_TOLD,
  CHECKERS_AGREE,
  COVERAGE,
  ENDS,
  FAULTS_BITE,
  LINEARIZABLE,
  LIVENESS,
  NO_EXCEPTIONS,
  QUORUM_COMMITS,
} from './property-names.ts';
import type { PropertyResult, PropertyVerdict } from './run-result.ts';
import { formatDuration } from './units.ts';
import type { World } from './world.ts';

/** Of an exception's stack, so many frames of the node's own code are told. */
const MAX_FRAMES = 5;

/** What is known of one property; the rest of its result has defaults. */
export type Judgement = Partial<PropertyResult> & { readonly verdict: PropertyVerdict };

const NOT_ASKED: Judgement = {
  verdict: 'vacuous',
  sentence: 'the scenario declares it, but nothing in this run could show it.',
  procedure: 'none',
};

/** Every property of a finished run: the protocol's invariants, what clients saw, and whether the run proves anything. */
export function judge(
  world: World,
  history: History,
  liveness: LivenessPhase | null,
  truncated: boolean,
): PropertyResult[] {
  const { scenario } = world;
  const linearizable = judgeHistory(world, history);
  const judgements: (readonly [string, Judgement | null])[] = [
    ...scenario.protocol.invariants.map(({ name }) => [name, judgeInvariant(world, name)] as const),
    [LINEARIZABLE, linearizable],
    [CHECKERS_AGREE, judgeAgreement(world.witness(), linearizable)],
    [LIVENESS, judgeLiveness(world, liveness, truncated)],
    [QUORUM_COMMITS, judgeQuorum(world)],
    [ENDS, judgeEnd(world, liveness)],
    [NO_EXCEPTIONS, judgeExceptions(world)],
    [FAULTS_BITE, judgeFaults(world)],
    [COVERAGE, judgeCoverage(world)],
    [AS_TOLD, judgeAsTold(world)],
  ];
  return judgements.flatMap(([name, judgement]) => {
    // A property that this run does not have is left out, unless the scenario makes a statement about it.
    if (judgement === null && scenario.declared[name] === undefined) return [];
    return [
      {
        name,
        declared: scenario.declared[name] ?? 'holds',
        sentence: '',
        because: [],
        operations: [],
        event: null,
        procedure: 'white box',
        ...(judgement ?? NOT_ASKED),
      },
    ];
  });
}

function judgeInvariant(world: World, name: string): Judgement {
  const violation = world.violations.find((candidate) => candidate.invariant === name);
  if (violation === undefined) return { verdict: 'holds' };
  const { sentence, because, event, timeUs } = violation;
  return {
    verdict: 'violated',
    sentence,
    because: [...because, `Seen at event ${event}, ${formatDuration(timeUs)} into the run.`],
    event,
  };
}

/** Null when the scenario does not ask for it. */
function judgeQuorum(world: World): Judgement | null {
  if (world.quorumWatch === null) return null;
  const judgement = judgeInvariant(world, QUORUM_COMMITS);
  return {
    sentence: world.quorumWatch.sentence(),
    ...judgement,
    procedure: 'bound during faults',
  };
}

/** Null when no client ever asked anything, or no model judges what they were told: then there is no such property. */
function judgeHistory(world: World, history: History): Judgement | null {
  const { model } = world.scenario.protocol;
  if (world.drivers.length === 0 || model === null) return null;
  const answered = [...world.operations.values()].reduce((sum, { ok }) => sum + ok, 0);
  if (answered === 0)
    return {
      verdict: 'vacuous',
      sentence: `0 of ${history.length} operations succeeded; the property was never put to the test.`,
      procedure: 'none',
    };
  const verdict = check(namedByClient(history, world.scenario.clients), { model });
  return {
    verdict: verdict.verdict,
    sentence: verdict.verdict === 'holds' ? '' : verdict.summary,
    because: verdict.verdict === 'holds' ? [] : verdict.explanation.split('\n').slice(1),
    operations: verdict.core,
    procedure: verdict.procedure,
    event: verdict.verdict === 'violated' ? world.historyViolationEvent : null,
  };
}

function judgeLiveness(
  world: World,
  liveness: LivenessPhase | null,
  truncated: boolean,
): Judgement | null {
  const { scenario } = world;
  if (liveness === null || world.drivers.length === 0) return null;
  if (liveness.servedAfterUs !== null)
    return { verdict: 'holds', sentence: liveness.sentence(), procedure: 'bound after heal' };
  if (truncated)
    return {
      verdict: 'inconclusive',
      sentence: stoppedSentence(world),
    };
  if (world.historyViolationEvent !== null)
    // A run that ended, as asked, at the violation it declares was never to get there.
    return scenario.declared[LINEARIZABLE] === 'violated'
      ? null
      : { verdict: 'inconclusive', sentence: 'the run stopped at the violation above.' };
  if (world.violations.some(({ invariant }) => scenario.declared[invariant] !== 'violated'))
    return { verdict: 'inconclusive', sentence: 'the run stopped at the violation above.' };
  return {
    verdict: 'violated',
    sentence: liveness.sentence(),
    because: world.servers.map((node) => describeServer(world, node)),
    procedure: 'bound after heal',
  };
}

/** Null for a run that came to its end, and when liveness says so already. */
function judgeEnd(world: World, liveness: LivenessPhase | null): Judgement | null {
  const { scenario, simulation } = world;
  if (liveness !== null && world.drivers.length > 0) return null;
  if (simulation.trace.events < scenario.maxEvents || world.endedAtViolation) return null;
  return { verdict: 'inconclusive', sentence: stoppedSentence(world), procedure: 'event limit' };
}

/** A limit of events ended the run: it is too small, or some node never goes idle. */
function stoppedSentence({ simulation, scenario }: World): string {
  const { events } = simulation.trace;
  if (events < scenario.maxEvents)
    return `the run was stopped at event ${events}, as asked, before its liveness phase ended.`;
  const reached = `the run was stopped at event ${events}, ${formatDuration(simulation.nowUs)} into its ${formatDuration(scenario.durationUs)} and before its end.`;
  const perSecond = Math.round(events / Math.max(simulation.nowUs / 1_000_000, 1e-6));
  return `${reached} Either some node never goes idle (${perSecond} events for each virtual second: look for a timer of 0, or messages that answer each other for ever), or maxEvents is too small for this scenario: raise it.`;
}

function describeServer(world: World, node: number): string {
  return `${world.simulation.nameOf(node)} was ${world.describe(node)} at the end.`;
}

function judgeExceptions(world: World): Judgement {
  const [failure] = world.simulation.failures;
  if (failure === undefined) return { verdict: 'holds' };
  const { node, event, timeUs, error } = failure;
  const frames = (error.stack ?? '').split('\n').slice(1);
  // Below the node's own code lies the simulator's, which says nothing about the mistake.
  const boundary = frames.findIndex((frame) => / NodeHost\./.test(frame));
  const stack = frames.slice(0, boundary < 0 ? undefined : boundary).slice(0, MAX_FRAMES);
  return {
    verdict: 'violated',
    sentence: `${world.simulation.nameOf(node)} crashed: ${error.name}: ${error.message}`,
    because: [
      ...stack.map((line) => line.trim()),
      `At event ${event}, ${formatDuration(timeUs)} into the run.`,
    ],
    event,
  };
}

/** Null when the scenario names no fault. A run that a violation ended early is not asked. */
function judgeFaults(world: World): Judgement | null {
  const named = new Set(world.scenario.faults.map((fault) => fault.id));
  const asked = world.faults
    .reports()
    .filter(({ id }) => named.has(id) && !world.scenario.mayMiss.has(id));
  if (asked.length === 0) return null;
  if (world.endedAtViolation) return { verdict: 'holds', sentence: 'the run ended at a violation' };
  const idle = asked.filter(({ effect }) => effect === 0);
  if (idle.length === 0) return { verdict: 'holds' };
  return {
    verdict: 'vacuous',
    sentence: `${idle.map(({ id }) => id).join(', ')} had no effect: what this run shows does not depend on ${idle.length === 1 ? 'it' : 'them'}.`,
    because: idle.map(({ id, kind, state, targets }) =>
      state === 'waiting'
        ? `${id} (${kind}) never began: its moment or trigger never came.`
        : `${id} (${kind}) on ${targets.join(', ') || 'nobody'} blocked, killed or changed nothing.`,
    ),
  };
}

/** Null when the scenario requires nothing, and asks for something. */
function judgeCoverage(world: World): Judgement | null {
  const { requireOkDuringFaults } = world.scenario;
  if (asksNothing(world))
    return {
      verdict: 'vacuous',
      sentence:
        'no client asks for anything, no fault is planned and nothing is required: this run shows nothing. Add topology.clients and a workload or a script.',
    };
  if (requireOkDuringFaults.length === 0) return null;
  const missing = requireOkDuringFaults.filter(
    (f) => (world.operations.get(f)?.okDuringFaults ?? 0) === 0,
  );
  if (missing.length === 0 || world.endedAtViolation) return { verdict: 'holds' };
  return {
    verdict: 'vacuous',
    sentence: `no ${missing.join(', no ')} succeeded while a fault was active; the scenario requires it.`,
  };
}

function asksNothing({ scenario, schedule, required }: World): boolean {
  return (
    scenario.workload === null &&
    scenario.script.length === 0 &&
    schedule.length === 0 &&
    required.idle &&
    Object.keys(scenario.declared).length === 0
  );
}

/** Null when the scenario requires nothing of the kind. A run that ended at a violation is not asked. */
function judgeAsTold(world: World): Judgement | null {
  if (world.required.idle) return null;
  const { declared } = world.scenario;
  if (world.violations.some(({ invariant }) => declared[invariant] !== 'violated'))
    return { verdict: 'holds', sentence: 'the run ended at a violation' };
  const [first, ...rest] = world.required.unmet(world.figures());
  if (first === undefined) return { verdict: 'holds' };
  return { verdict: 'violated', sentence: first, because: rest };
}
