import { join } from 'node:path';

import { readSubject, type Subject } from '../../campaign/documents/document.ts';
import { describeBounds, parseBounds } from '../../campaign/explore/bounds.ts';
import {
  explore,
  type ExploreEnd,
  type ExploredViolation,
  type Exploring,
  type SearchOrder,
} from '../../campaign/explore/explore.ts';
import { smallWorld, type SmallWorld } from '../../campaign/explore/small-world.ts';
import { storyDocument } from '../../campaign/explore/story.ts';
import { explorationJson, explorationText, storyNotes } from '../../report/exploration-text.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { readText, selectScenarios } from '../find-scenarios.ts';
import { print, stdoutStyle } from '../output.ts';
import { ProgressPrinter } from '../progress.ts';
import { writeScenarioFile } from '../scenario-files.ts';
import { catchSignals } from '../signals.ts';

export interface ExploreCommandOptions {
  readonly bounds: string;
  readonly servers?: number;
  readonly clients: number;
  readonly bug?: string;
  readonly order: 'bfs' | 'dfs';
  readonly all?: boolean;
  readonly states?: number;
  readonly time?: number;
  readonly seed?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

const MAX_SERVERS = 7;
const ORDERS: Readonly<Record<ExploreCommandOptions['order'], SearchOrder>> = {
  bfs: 'breadth-first',
  dfs: 'depth-first',
};

/**
 * `splitbrain explore`. Exit 0: every state within the bounds was visited and none breaks a property; 1: one does; 2: states
 * or time ended first; 130 or 143: interrupted, and what was covered by then is told.
 */
export async function exploreCommand(
  name: string,
  options: ExploreCommandOptions,
): Promise<number> {
  const world = worldOf(name, options);
  const signals = catchSignals();
  const progress = new ProgressPrinter('auto', options.json === true);
  const { end, reached, elapsedMs } = await runExploration(
    world,
    options,
    progress,
    signals.signal,
  );
  progress.clear();
  signals.release();
  const files = reached.violations.map((violation, index) =>
    writeStory(world, violation, index, options),
  );
  const told = { world, end, reached, elapsedMs, files };
  if (options.json === true) print(JSON.stringify(explorationJson(told), null, 2));
  else for (const line of explorationText(told, stdoutStyle(options))) print(line);
  if (end === 'interrupted') return signals.exitCode();
  if (end === 'violated') return EXIT.violated;
  return end === 'covered' ? EXIT.ok : EXIT.inconclusive;
}

function worldOf(name: string, options: ExploreCommandOptions): SmallWorld {
  const entries = selectScenarios([name]);
  if (entries.length > 1)
    throw new CommandError(`"${name}" means ${entries.length} scenarios; name one of them`);
  const { file } = entries[0]!;
  const read = readSubject(readText(file), file);
  const subject: Subject =
    options.bug === undefined
      ? read
      : { ...read, document: { ...read.document, bug: options.bug } };
  const world = smallWorld(subject, parseBounds(options.bounds), {
    servers: options.servers ?? null,
    clients: options.clients,
    seed: options.seed ?? read.document.seed ?? '1',
  });
  if (world.exploration.scenario.servers.length > MAX_SERVERS)
    throw new CommandError(
      `${read.document.name} has ${world.exploration.scenario.servers.length} servers: no exploration of so many ends. Give --servers 3`,
    );
  return world;
}

/** How an exploration ended, or what ended it. */
export type Ending = ExploreEnd | 'time' | 'interrupted';

async function runExploration(
  { exploration }: SmallWorld,
  options: ExploreCommandOptions,
  progress: ProgressPrinter,
  signal: AbortSignal,
): Promise<{ end: Ending; reached: Exploring; elapsedMs: number }> {
  const startMs = performance.now();
  const elapsedMs = (): number => performance.now() - startMs;
  const search = explore(exploration, {
    order: ORDERS[options.order],
    stopAtFirst: options.all !== true,
    maxStates: options.states ?? null,
    prune: true,
  });
  let reached: Exploring | null = null;
  for (;;) {
    const turn = search.next();
    if (turn.done === true) return { end: turn.value, reached: reached!, elapsedMs: elapsedMs() };
    reached = turn.value;
    const { states, depth, frontier } = reached;
    progress.show(
      `${states} states, ${depth} steps deep, ${frontier} to follow; ${Math.round((reached.transitions * 1_000) / elapsedMs())} steps/s`,
    );
    // Signals get their chance.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return { end: 'interrupted', reached, elapsedMs: elapsedMs() };
    if (options.time !== undefined && elapsedMs() >= options.time)
      return { end: 'time', reached, elapsedMs: elapsedMs() };
  }
}

/** Writes the steps to a violation as a scenario of its own and returns the file. */
function writeStory(
  { subject, exploration }: SmallWorld,
  violation: ExploredViolation,
  index: number,
  { out }: ExploreCommandOptions,
): string {
  const { name } = subject.document;
  const { property, path } = violation;
  const file =
    out !== undefined && index === 0
      ? out
      : join('.splitbrain', 'explored', `${name}-${property}.yaml`);
  const document = {
    ...storyDocument(subject.document, exploration, path),
    name: `${name}-${property}`.slice(0, 80),
    title: `${property} violated, in ${path.length} steps`,
  };
  writeScenarioFile(file, document, storyNotes(violation, describeBounds(exploration.bounds)));
  return file;
}
