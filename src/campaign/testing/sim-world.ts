import { simulate, type NodeBuilder, type SimulatedRun } from '../../scenario/simulate.ts';
import { parseDurationUs, SIGNED_DURATION_PATTERN } from '../../scenario/units.ts';
import type { NodeEnv, NodeProgram } from '../../sim/engine/env.ts';
import type { Recorder } from '../../scenario/simulate.ts';
import type { Fault, FaultAction } from '../../sim/faults/fault.ts';
import type { LinkProfile } from '../../sim/network/link.ts';
import type { DiskOptions } from '../../sim/storage/disk-array.ts';

/** A node's class, or the function that makes one. */
export type NodeSource = NodeBuilder | (new (env: NodeEnv, record: Recorder) => NodeProgram);

export interface SimWorldOptions {
  /** By name; `[Client, 2]` under `c` are the nodes c1 and c2. */
  readonly nodes: Readonly<Record<string, NodeSource | readonly [NodeSource, number]>>;
  readonly network?: LinkProfile;
  readonly disk?: DiskOptions;
  readonly ties?: 'fifo' | 'shuffled';
}

/** A rule that a run broke: an `always`, or an exception that left a node. */
export class BrokenRule extends Error {
  readonly rule: string;
  readonly run: SimulatedRun;

  constructor(rule: string, sentence: string, run: SimulatedRun) {
    super(sentence);
    this.name = 'BrokenRule';
    this.rule = rule;
    this.run = run;
  }
}

/** Faults that begin at one time. Durations and times are written with their unit: `15s`. */
export class FaultPlan {
  readonly #add: (action: FaultAction, forTime: string | null) => void;

  constructor(add: (action: FaultAction, forTime: string | null) => void) {
    this.#add = add;
  }

  pause(node: string, forTime: string): void {
    this.#add({ kind: 'pause', target: named(node) }, forTime);
  }

  /** The process dies and starts again when the time is over; what it had not synced is kept by the page cache. */
  kill(node: string, forTime: string): void {
    this.#add({ kind: 'kill', target: named(node) }, forTime);
  }

  /** As {@link kill}, and what was not synced is gone. */
  powerLoss(node: string, forTime: string): void {
    this.#add({ kind: 'power-loss', target: named(node) }, forTime);
  }

  /** Nobody hears the node, and it hears nobody. */
  isolate(node: string, forTime: string): void {
    this.#add({ kind: 'isolate', target: named(node) }, forTime);
  }

  partition(groups: readonly (readonly string[])[], forTime: string): void {
    this.#add({ kind: 'partition', groups }, forTime);
  }

  /** The wall clock of the node jumps; nothing puts it back. */
  clockStep(node: string, by: string): void {
    this.#add({ kind: 'clock-step', target: named(node), byUs: durationUs(by) }, null);
  }

  clockDrift(node: string, ppm: number, forTime: string): void {
    this.#add({ kind: 'clock-drift', target: named(node), ppm }, forTime);
  }
}

function named(node: string): { readonly kind: 'nodes'; readonly names: readonly string[] } {
  return { kind: 'nodes', names: [node] };
}

function durationUs(text: string): number {
  if (!SIGNED_DURATION_PATTERN.test(text))
    throw new RangeError(`"${text}": expected a duration with its unit, such as 150ms or 2s`);
  return parseDurationUs(text);
}

/** One seed of a `simTest`: what must hold, what breaks when, and then one run. */
export class SimWorld {
  readonly seed: string;
  /** What the run came to; null before {@link run}. */
  result: SimulatedRun | null = null;
  /** Names of `sometimes` goals, and whether this seed reached them. */
  readonly goals = new Map<string, boolean>();
  /** Virtual time that was asked of {@link run}. */
  durationUs = 0;
  readonly #options: SimWorldOptions;
  readonly #given: readonly Fault[] | null;
  readonly #rules: [name: string, holds: () => boolean | string][] = [];
  readonly #watched: [name: string, reached: () => boolean][] = [];
  readonly #faults: Fault[] = [];
  #running: ReadonlyMap<string, NodeProgram> = new Map();

  /** `given`: the faults of this run, whatever the body plans; null: those. */
  constructor(seed: string, options: SimWorldOptions, given: readonly Fault[] | null = null) {
    this.seed = seed;
    this.#options = options;
    this.#given = given;
  }

  get faults(): readonly Fault[] {
    return this.#given ?? this.#faults;
  }

  /** Must hold after every event; return false, or a sentence that says what is wrong. */
  always(name: string, holds: () => boolean | string): void {
    this.#rules.push([name, holds]);
  }

  /**
   * Must be so at some time, in some seed; else the test proves nothing and says so. Before {@link run} it is asked after
   * every event, afterwards at once.
   */
  sometimes(name: string, reached: () => boolean): void {
    if (this.result === null) {
      this.goals.set(name, false);
      this.#watched.push([name, reached]);
    } else this.goals.set(name, reached());
  }

  at(time: string): FaultPlan {
    const atUs = durationUs(time);
    return new FaultPlan((action, forTime) => {
      this.#faults.push({
        id: `f${this.#faults.length + 1}`,
        start: { atUs },
        end: forTime === null ? null : { forUs: durationUs(forTime) },
        action,
      });
    });
  }

  /** The running programs of this name, or of this name and a number: `c` means c1, c2, ... */
  nodes<T extends NodeProgram = NodeProgram>(name: string): T[] {
    const found: T[] = [];
    for (const [own, program] of this.#running)
      if (own === name || (own.startsWith(name) && /^\d+$/.test(own.slice(name.length))))
        found.push(program as T);
    return found;
  }

  /**
   * Runs for so much virtual time, once. Async so that bodies read alike when nodes of a later version wait.
   * @throws BrokenRule for an `always` that was false and for an exception that left a node.
   */
  run(time: string): Promise<SimulatedRun> {
    if (this.result !== null)
      return Promise.reject(new Error('this world has run already: one run for each seed'));
    this.durationUs = durationUs(time);
    const run = simulate({
      seed: this.seed,
      nodes: builders(this.#options.nodes),
      durationUs: this.durationUs,
      faults: this.faults,
      always: { 'sometimes goals': this.#watch, ...this.#checks() },
      ...(this.#options.network === undefined ? {} : { network: this.#options.network }),
      ...(this.#options.disk === undefined ? {} : { disk: this.#options.disk }),
      ...(this.#options.ties === undefined ? {} : { ties: this.#options.ties }),
    });
    this.result = run;
    if (run.broken !== null)
      return Promise.reject(new BrokenRule(run.broken.name, run.broken.sentence, run));
    const [failure] = run.failures;
    if (failure === undefined) return Promise.resolve(run);
    const { name, message } = failure.error;
    const node = nodeNamesOf(this.#options.nodes)[failure.node] ?? '';
    const broken = new BrokenRule('no-exceptions', `${node} crashed: ${name}: ${message}`, run);
    return Promise.reject(Object.assign(broken, { cause: failure.error }));
  }

  readonly #watch = (running: ReadonlyMap<string, NodeProgram>): boolean => {
    this.#running = running;
    for (const [name, reached] of this.#watched)
      if (this.goals.get(name) === false && reached()) this.goals.set(name, true);
    return true;
  };

  #checks(): Record<string, () => boolean | string> {
    return Object.fromEntries(
      this.#rules.map(([name, holds]) => [name, () => askRule(name, holds)] as const),
    );
  }
}

function askRule(name: string, holds: () => boolean | string): boolean | string {
  try {
    return holds();
  } catch (error) {
    throw new Error(`the rule "${name}" itself threw: ${String(error)}`, { cause: error });
  }
}

/** The nodes' names in the order of their numbers. */
export function nodeNamesOf(nodes: SimWorldOptions['nodes']): string[] {
  return Object.keys(builders(nodes));
}

function builders(nodes: SimWorldOptions['nodes']): Record<string, NodeBuilder> {
  const all: Record<string, NodeBuilder> = {};
  for (const [name, entry] of Object.entries(nodes)) {
    if (typeof entry === 'function') {
      all[name] = builderOf(entry);
      continue;
    }
    const [source, count] = entry;
    for (let number = 1; number <= count; number += 1) all[`${name}${number}`] = builderOf(source);
  }
  return all;
}

function builderOf(source: NodeSource): NodeBuilder {
  const isClass = /^class\b/.test(Function.prototype.toString.call(source));
  return isClass
    ? (env, record) => new (source as new (e: NodeEnv, r: Recorder) => NodeProgram)(env, record)
    : (source as NodeBuilder);
}
