import { runScenario } from '../../scenario/run.ts';
import { suggest } from '../../protocols/nearest.ts';
import type { BugDefinition } from '../../protocols/protocol.ts';
import { compileDocument, type Protocols, type Subject } from '../documents/document.ts';
import { createPool, workerCount } from '../pool/pool.ts';
import { DEFAULT_PLAN } from '../run/one-run.ts';
import { CampaignError } from '../run/seeds.ts';
import { violationsOf } from '../run/signature.ts';
import type { HuntPart, HuntStrategy, HuntTask } from './hunt.ts';
import { HuntLedger } from './hunt-ledger.ts';

export interface ZooOptions {
  readonly protocols: Protocols;
  /** Names of protocols; empty: all that have bugs. */
  readonly names: readonly string[];
  /** Ids of bugs; empty: all. */
  readonly bugs: readonly string[];
  /** Scenarios that seeds are drawn over, and those that plant a bug themselves. */
  readonly subjects: readonly Subject[];
  /** Seeds a search may spend. */
  readonly budget: number;
  /** Searches for each bug, with other seeds; figures are their medians. */
  readonly repeats: number;
  readonly strategies: readonly HuntStrategy[];
  /** Also search with nothing but what clients see. */
  readonly blackBox: boolean;
  readonly swarm: boolean;
  /** Every strategy searches where each bug's entry says that it can show. */
  readonly setups?: boolean;
  /** Worker threads; null: one a core. */
  readonly workers: number | null;
  /** Where finished searches are kept, and found again; null: nowhere. */
  readonly stateFile?: string | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** How one strategy did against one bug. */
export interface HuntSummary {
  readonly strategy: HuntStrategy;
  /** Searches that found it, of `repeats`. */
  readonly foundIn: number;
  readonly repeats: number;
  /** The property that most searches met first. */
  readonly by: string | null;
  /** Medians; a search that found nothing counts with all it spent. */
  readonly seeds: number;
  readonly events: number;
  readonly milliseconds: number;
  /** One run that shows it. */
  readonly seed: string | null;
}

export interface ZooBug {
  readonly id: string;
  readonly protocol: string;
  readonly definition: BugDefinition;
  readonly hunts: readonly HuntSummary[];
  readonly blackBox: HuntSummary | null;
  /** The scenario made for it, and what it shows; null: there is none. */
  readonly scripted: { readonly scenario: string; readonly by: string | null } | null;
}

export interface ZooResult {
  readonly bugs: readonly ZooBug[];
  readonly correct: {
    readonly seeds: number;
    readonly falseAlarms: number;
    readonly alarmSeeds: Readonly<Record<string, string>>;
    readonly errors: readonly string[];
  };
  readonly interrupted: boolean;
  readonly elapsedMs: number;
}

/** Searches for every planted bug, and runs the correct code over as many seeds. */
export async function runZoo(options: ZooOptions): Promise<ZooResult> {
  const startMs = performance.now();
  const targets = bugsAsked(options);
  const names = [...new Set(targets.map(({ protocol }) => protocol))];
  const bases = names.flatMap((name) => basesOf(name, options));
  const tasks = plan(options, targets, bases);
  const ledger = new HuntLedger(options.stateFile ?? null, bases);
  const parts = tasks.flatMap((task) => ledger.find(task) ?? []);
  const workers = Math.max(1, Math.min(workerCount(options.workers), tasks.length));
  const pool = createPool({ subjects: bases, plan: DEFAULT_PLAN }, workers);
  const stopped = new Promise<void>((resolve) => {
    options.signal?.addEventListener('abort', () => {
      resolve();
    });
  });
  const queue = tasks.filter((task) => ledger.find(task) === undefined);
  const lane = async (): Promise<void> => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      await pool.perform(task, (part) => {
        parts.push(part as HuntPart);
        ledger.add(part as HuntPart);
      });
      options.onProgress?.(parts.length, tasks.length);
    }
  };
  try {
    await Promise.race([Promise.all(Array.from({ length: pool.size }, lane)), stopped]);
  } finally {
    await pool.close();
  }
  return {
    bugs: targets.map((target) => summarize(target, parts, options)),
    correct: correctOf(parts),
    interrupted: options.signal?.aborted ?? false,
    elapsedMs: performance.now() - startMs,
  };
}

/**
 * What seeds are drawn over: the protocol's scenarios tagged `campaign`, or else, as they are, those without a planted bug or
 * a declared violation. None: only the scenarios made for its bugs are run. @throws CampaignError when it was asked for.
 */
function basesOf(protocol: string, { subjects, names }: ZooOptions): Subject[] {
  const own = subjects.filter(
    ({ document: { protocol: name, bug, properties } }) =>
      name === protocol &&
      bug === undefined &&
      !Object.values(properties ?? {}).includes('violated'),
  );
  if (own.length === 0 && names.includes(protocol))
    throw new CampaignError(
      `${protocol} has no scenario to search over: write one without a planted bug, and tag it "campaign"`,
    );
  const tagged = own.filter(isTagged);
  return tagged.length > 0 ? tagged : own;
}

function isTagged({ document }: Subject): boolean {
  return (document.tags ?? []).includes('campaign');
}

interface Target {
  readonly protocol: string;
  readonly definition: BugDefinition;
}

function bugsAsked({ protocols, names, bugs }: ZooOptions): Target[] {
  for (const name of names)
    if (protocols[name] === undefined)
      throw new CampaignError(
        `no protocol is called "${name}": ${suggest(name, Object.keys(protocols))}`,
      );
  const targets = Object.values(protocols)
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .flatMap(({ name, bugs: own }) => own.map((definition) => ({ protocol: name, definition })));
  const known = targets.map(({ definition }) => definition.id);
  for (const id of bugs)
    if (!known.includes(id))
      throw new CampaignError(`no planted bug is called "${id}": ${suggest(id, known)}`);
  return bugs.length === 0
    ? targets
    : targets.filter(({ definition }) => bugs.includes(definition.id));
}

/**
 * Repeats are the outer loop, so that an interrupted zoo has seen every bug about equally often. An exhaustive search has no
 * chance in it: once is enough.
 */
function plan(
  { strategies, repeats, blackBox, budget, swarm, setups }: ZooOptions,
  targets: readonly Target[],
  bases: readonly Subject[],
): HuntTask[] {
  const tasks: HuntTask[] = [];
  const names = new Set(bases.map(({ document }) => document.protocol));
  const swarmed = new Set(bases.filter(isTagged).map(({ document }) => document.protocol));
  const sharedBy = (
    protocol: string,
  ): Pick<HuntTask, 'kind' | 'protocol' | 'budget' | 'swarm' | 'setups'> => ({
    kind: 'hunt',
    protocol,
    budget,
    swarm: swarm && swarmed.has(protocol),
    setups: setups ?? false,
  });
  for (let repeat = 1; repeat <= repeats; repeat += 1) {
    for (const protocol of names) {
      const shared = sharedBy(protocol);
      for (const strategy of strategies)
        if (strategy !== 'exhaustive' || repeat === 1)
          tasks.push({ ...shared, bug: null, repeat, strategy, invariants: true });
    }
    for (const { protocol, definition } of targets) {
      if (!names.has(protocol)) continue;
      const shared = sharedBy(protocol);
      const bug = definition.id;
      for (const strategy of strategies)
        if (isAsked(strategy, repeat, definition))
          tasks.push({ ...shared, bug, repeat, strategy, invariants: true });
      if (blackBox) tasks.push({ ...shared, bug, repeat, strategy: 'random', invariants: false });
    }
  }
  return tasks;
}

/** An exhaustive search has no chance in it, and a directed one needs a direction. */
function isAsked(
  strategy: HuntStrategy,
  repeat: number,
  { setup }: Pick<BugDefinition, 'setup'>,
): boolean {
  if (strategy === 'exhaustive') return repeat === 1;
  return strategy !== 'directed' || setup !== undefined;
}

function summarize(target: Target, parts: readonly HuntPart[], options: ZooOptions): ZooBug {
  const { id } = target.definition;
  const own = parts.filter(({ task }) => task.bug === id && task.protocol === target.protocol);
  const of = (strategy: HuntStrategy, invariants: boolean): HuntSummary =>
    summaryOf(
      strategy,
      own.filter(({ task }) => task.strategy === strategy && task.invariants === invariants),
    );
  return {
    id,
    protocol: target.protocol,
    definition: target.definition,
    hunts: options.strategies.map((strategy) => of(strategy, true)),
    blackBox: options.blackBox ? of('random', false) : null,
    scripted: scriptedOf(target, options.subjects),
  };
}

function summaryOf(strategy: HuntStrategy, parts: readonly HuntPart[]): HuntSummary {
  const found = parts.filter((part) => part.found);
  const votes = new Map<string, number>();
  for (const { by } of found) votes.set(by!, (votes.get(by!) ?? 0) + 1);
  const [favourite] = [...votes].sort(([, a], [, b]) => b - a);
  return {
    strategy,
    foundIn: found.length,
    repeats: parts.length,
    by: favourite?.[0] ?? null,
    seeds: median(parts.map(({ seeds }) => seeds)),
    events: median(parts.map(({ events }) => events)),
    milliseconds: median(parts.map(({ milliseconds }) => milliseconds)),
    seed: found[0]?.seed ?? null,
  };
}

function scriptedOf(target: Target, subjects: readonly Subject[]): ZooBug['scripted'] {
  const subject = subjects.find(
    ({ document }) =>
      document.protocol === target.protocol && document.bug === target.definition.id,
  );
  if (subject === undefined) return null;
  const scenario = compileDocument(subject);
  const result = runScenario(scenario, { seed: scenario.defaultSeed });
  return { scenario: scenario.name, by: violationsOf(result)[0]?.property ?? null };
}

function correctOf(parts: readonly HuntPart[]): ZooResult['correct'] {
  const own = parts.filter(({ task }) => task.bug === null);
  const alarmSeeds: Record<string, string> = {};
  for (const part of own)
    for (const [signature, seed] of Object.entries(part.alarmSeeds)) alarmSeeds[signature] ??= seed;
  return {
    seeds: own.reduce((sum, { seeds }) => sum + seeds, 0),
    falseAlarms: own.reduce((sum, { alarms }) => sum + alarms, 0),
    alarmSeeds,
    errors: parts.flatMap(({ errors, task }) =>
      errors.map((error) => `${task.bug ?? 'correct code'}, ${error}`),
    ),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
