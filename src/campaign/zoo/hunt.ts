import type { BugSetup } from '../../protocols/protocol.ts';
import { runScenario } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import {
  compileDocument,
  withDocument,
  type ScenarioDocument,
  type Subject,
} from '../documents/document.ts';
import { cpuTimeMs } from '../cpu-time.ts';
import { violationsOf, type Failure } from '../run/signature.ts';
import { AbstractStates } from '../search/abstract-states.ts';
import { exploreHunt } from './explore-hunt.ts';
import { directedDocument } from '../search/directed.ts';
import { priorityDocument } from '../search/priorities.ts';
import { drawnDocument } from '../search/swarm.ts';
import { GuidedSearch, type Candidate, type Shown } from '../search/guided.ts';
import { omit } from '../documents/omit.ts';

export const HUNT_STRATEGIES = ['random', 'directed', 'pct', 'guided', 'exhaustive'] as const;
export type HuntStrategy = (typeof HUNT_STRATEGIES)[number];

/** States that each exploration of an exhaustive search may visit, for every seed of the budget. */
const STATES_PER_SEED = 25;

/** One search for one bug, or (bug null) for false alarms of the correct code. */
export interface HuntTask {
  readonly kind: 'hunt';
  readonly protocol: string;
  readonly bug: string | null;
  readonly repeat: number;
  /** Seeds at most. */
  readonly budget: number;
  readonly strategy: HuntStrategy;
  /** False: only what clients see may catch it. */
  readonly invariants: boolean;
  /** False: the scenarios as they are, without drawn configurations. */
  readonly swarm: boolean;
  /** Every strategy gets what the bug's entry asks for, as `directed` always does. */
  readonly setups: boolean;
}

/** How a hunt ended. */
export interface HuntPart {
  readonly task: HuntTask;
  readonly found: boolean;
  /** What caught it first, and the whole signature. */
  readonly by: string | null;
  readonly signature: string | null;
  readonly seed: string | null;
  /** Runs until it was found, the finding one included; otherwise all. Of an exhaustive search: states visited. */
  readonly seeds: number;
  readonly events: number;
  /** Processor time. */
  readonly milliseconds: number;
  /** Of the correct code: how many seeds raised an alarm, and the first of each signature. */
  readonly alarms: number;
  readonly alarmSeeds: Readonly<Record<string, string>>;
  /** Runs that a thrown error ended; they count as runs. */
  readonly errors: readonly string[];
  /** Abstract states that a guided search saw. */
  readonly coverage: number | null;
}

/** Searches until the bug is found or the budget is spent; the correct code is always run to the end of the budget. */
export function* huntBug(task: HuntTask, subjects: readonly Subject[]): Generator<HuntPart, void> {
  if (task.strategy === 'exhaustive') {
    yield exhaustively(task, subjects);
    return;
  }
  const own = subjects
    .filter(({ document }) => document.protocol === task.protocol)
    .map((subject) => withDocument(subject, planted(subject.document, task.bug)));
  const setups = setupsFor(task, own);
  const startMs = cpuTimeMs();
  const alarmSeeds: Record<string, string> = {};
  const errors: string[] = [];
  let alarms = 0;
  let events = 0;
  let run = 0;
  const setupOfRun = (): BugSetup | undefined => setups[run % setups.length];
  const draw = (subject: Subject, seed: string): ScenarioDocument => {
    const setup = setupOfRun();
    return setup === undefined
      ? drawnDocument(subject, seed, task.swarm)
      : directedDocument(subject, setup, seed);
  };
  const guided = own.map(
    (subject, index) =>
      new GuidedSearch(subject, `guided-${task.repeat}-${index}`, (seed) => draw(subject, seed)),
  );
  let found: { failure: Failure; seed: string } | null = null;
  while (run < task.budget && (found === null || task.bug === null)) {
    const subject = own[run % own.length]!;
    const search = guided[run % own.length]!;
    const seed = `${task.repeat}-${run + 1}`;
    run += 1;
    try {
      const drawn = (): ScenarioDocument => draw(subject, seed);
      const { result, candidate } = tryOne(task, subject, search, drawn, seed);
      events += result.events;
      const byNature = task.bug === null ? (setupOfRun()?.breaks ?? []) : [];
      const failure = violationsOf(result).find(({ property }) => !byNature.includes(property));
      if (failure === undefined || isFalseAlarm(task, subject, candidate, failure)) continue;
      alarms += 1;
      alarmSeeds[failure.signature] ??= candidate.seed;
      found ??= { failure, seed: candidate.seed };
    } catch (error) {
      errors.push(`seed ${seed}: ${(error as Error).message}`);
    }
  }
  yield {
    task,
    found: found !== null,
    by: found?.failure.property ?? null,
    signature: found?.failure.signature ?? null,
    seed: found?.seed ?? null,
    seeds: run,
    events,
    milliseconds: cpuTimeMs() - startMs,
    alarms,
    alarmSeeds,
    errors: errors.slice(0, 5),
    coverage:
      task.strategy === 'guided' ? guided.reduce((sum, one) => sum + one.coverage, 0) : null,
  };
}

/** The smallest of the protocol's scenarios is explored; what it visits does not depend on the repeat. */
function exhaustively(task: HuntTask, subjects: readonly Subject[]): HuntPart {
  const startMs = cpuTimeMs();
  const subject = subjects.find(({ document }) => document.protocol === task.protocol)!;
  const { bugs } = subject.protocols[task.protocol]!;
  const definition = bugs.find(({ id }) => id === task.bug) ?? null;
  const buggy = withDocument(subject, planted(subject.document, task.bug));
  const part = { task, signature: null, seed: null, alarms: 0, alarmSeeds: {}, coverage: null };
  try {
    const hunt = exploreHunt(buggy, definition, task.budget * STATES_PER_SEED);
    const by = hunt.violation?.property ?? null;
    return {
      ...part,
      found: by !== null,
      by,
      signature: by,
      seeds: hunt.states,
      events: hunt.steps,
      milliseconds: cpuTimeMs() - startMs,
      ...(by === null ? {} : { alarms: 1, alarmSeeds: { [by]: '1' } }),
      errors: [],
    };
  } catch (error) {
    const errors = [`exploring: ${(error as Error).message}`];
    const milliseconds = cpuTimeMs() - startMs;
    return { ...part, found: false, by: null, seeds: 0, events: 0, milliseconds, errors };
  }
}

/**
 * What the bug asks for, when the strategy is told of it; the correct code is run with the setups of all bugs in turn. Empty:
 * the scenario alone says what is drawn.
 */
function setupsFor(
  { bug, protocol, strategy, setups }: HuntTask,
  subjects: readonly Subject[],
): BugSetup[] {
  if (!setups && strategy !== 'directed') return [];
  const bugs = subjects[0]?.protocols[protocol]?.bugs ?? [];
  const asked = bug === null ? bugs : bugs.filter(({ id }) => id === bug);
  return asked.flatMap(({ setup }) => (setup === undefined ? [] : [setup]));
}

function tryOne(
  task: HuntTask,
  subject: Subject,
  search: GuidedSearch,
  draw: () => ScenarioDocument,
  seed: string,
): { result: RunResult; candidate: Candidate } {
  if (task.strategy !== 'guided') {
    const drawn = draw();
    const document = task.strategy === 'pct' ? priorityDocument(drawn, seed) : drawn;
    const scenario = compileDocument(withDocument(subject, document));
    const result = runScenario(scenario, { seed, invariants: task.invariants });
    return { result, candidate: { document, seed } };
  }
  const candidate = search.next();
  const scenario = compileDocument(withDocument(subject, candidate.document));
  let shown: Shown = { seen: new Set(), nearMisses: new Set() };
  const result = runScenario(scenario, {
    seed: candidate.seed,
    invariants: task.invariants,
    prepare: (world) => {
      shown = new AbstractStates(world);
    },
  });
  search.learn(candidate, result, shown);
  return { result, candidate };
}

/** What the correct code shows in the very same run, the bug has not caused. */
function isFalseAlarm(
  task: HuntTask,
  subject: Subject,
  { document, seed }: Candidate,
  { signature }: Failure,
): boolean {
  if (task.bug === null) return false;
  const correct = compileDocument(withDocument(subject, omit(document, 'bug')));
  const result = runScenario(correct, { seed, invariants: task.invariants });
  return violationsOf(result).some((violation) => violation.signature === signature);
}

/** The document with this bug and nothing declared: whatever is violated counts. */
function planted(document: ScenarioDocument, bug: string | null): ScenarioDocument {
  const rest = omit(document, 'bug', 'properties');
  return bug === null ? rest : { ...rest, bug };
}
