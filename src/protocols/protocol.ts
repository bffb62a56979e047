import type { Message, NodeEnv, NodeId, NodeProgram } from '../sim/engine/env.ts';
import type { NodeChange } from '../sim/engine/ports.ts';
import type { RandomStream } from '../sim/engine/random.ts';
import type { LaneReader } from './lane.ts';
import type { LockTimeline } from './lock-timeline.ts';

/** One operation that a client is asked to perform; `f` and `key` are the words the history and the model use. */
export interface OperationRequest {
  readonly f: string;
  readonly key: string | null;
  readonly value: unknown;
}

/** What the client learned: `ok` with the answer, `fail` (had surely no effect), or `info` (nobody knows). */
export interface Outcome {
  readonly type: 'ok' | 'fail' | 'info';
  readonly value?: unknown;
  /** `compare` for a compare-and-set that answered "no match"; otherwise a reason in words. */
  readonly error?: string;
}

/** A client node: performs one operation at a time and reports its outcome through {@link ClientContext.complete}. */
export interface ClientProgram extends NodeProgram {
  perform(operation: OperationRequest, token: number): void;
}

/** A white-box property broken: what was seen, in words a person can follow. */
export interface InvariantViolation {
  /** The invariant's name, as declared in {@link ProtocolDefinition.invariants}. */
  readonly invariant: string;
  /** One plain sentence: what happened, with names, terms and indexes. */
  readonly sentence: string;
  /** The because-chain: one fact a line. */
  readonly because: readonly string[];
  readonly nodes: readonly NodeId[];
}

/** Something a run measured, for verdicts that are about how much and not about whether. */
export interface Figure {
  /** Lower case with dashes, the same in every run of the protocol: `in-doubt-max`. */
  readonly name: string;
  readonly unit: 'us' | 'count' | 'percent';
  readonly value: number;
}

/** `healed`: all faults have ended. `idle`: clients are served, nothing is unfinished, and nothing is asked any more. */
export type RunPhase = 'healed' | 'idle';

/** What a monitor that knows the order of all effects says of the answers that clients got. */
export interface WitnessVerdict {
  /** `proved`: an order explains all; `refuted`: none can; `open`: the order known from inside does not, others might. */
  readonly verdict: 'proved' | 'refuted' | 'open';
  readonly sentence: string;
}

/** Told where and when by the runner; protocols only say what. */
export type ReportViolation = (violation: InvariantViolation) => void;

export interface InvariantDefinition {
  readonly name: string;
  /** What must always be true, one sentence. */
  readonly statement: string;
  /** Where it comes from: `Raft §5.2`. */
  readonly source: string;
}

/** What a server program is built from. `monitor` is null when invariants are off. */
export interface ServerContext<Config, Monitor> {
  readonly env: NodeEnv;
  readonly config: Config;
  /** The servers' ids, in topology order. */
  readonly servers: readonly NodeId[];
  readonly monitor: Monitor | null;
  /** Planted bug to run instead of the correct code, or null; several, where they can be combined, are joined by `+`. */
  readonly bug: string | null;
}

export interface ClientContext<Config, Monitor = unknown> {
  readonly env: NodeEnv;
  readonly config: Config;
  readonly servers: readonly NodeId[];
  /** For protocols whose clients are part of what is judged (who believes to hold a lock); null when invariants are off. */
  readonly monitor?: Monitor | null;
  /** Planted bug to run, as in {@link ServerContext}: some bugs live in the client. */
  readonly bug?: string | null;
  complete(token: number, outcome: Outcome): void;
}

/**
 * What a run needs, beyond what any run has, for a bug to have a chance to show. The words are those of a scenario
 * file, so that a campaign can put them into one.
 */
export interface BugSetup {
  /** `topology.servers`; default 5. */
  readonly servers?: number;
  /** Their names instead, where servers are of several kinds. */
  readonly serverNames?: readonly string[];
  /** Added to the `config:` section. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A fault profile for `nemesis:`; default `default`, none when `faults` are given. */
  readonly nemesis?: string;
  /** The `faults:` section, instead of drawn faults. */
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
  /** `disk.unsynced`: what a power loss leaves of what was not synced; default `none`. */
  readonly unsynced?: 'none' | 'prefix' | 'subset';
  /** Properties that its configuration and faults violate by nature: in correct code they are no alarm. */
  readonly breaks?: readonly string[];
  /** Chance alone needs thousands of runs: an exact script in the tests shows the bug. */
  readonly byScript?: boolean;
}

/** One bug of the zoo: a small override of one policy method of the correct code (DESIGN §3). */
export interface BugDefinition {
  readonly id: string;
  /** What the code does wrong, one sentence. */
  readonly mutation: string;
  readonly source: string;
  /** The properties that may catch it; the first is the one expected. */
  readonly caughtBy: readonly string[];
  /** The kinds of fault it needs, in words. */
  readonly needs: readonly string[];
  readonly rarity: 'easy' | 'medium' | 'hard';
  /** Absent: any run may show it. */
  readonly setup?: BugSetup;
}

/** What the world asks a running server program, for target selectors, the story and liveness. */
export interface ServerView {
  /** `leader`, `follower`, ...: the words that selectors and `when` triggers use. */
  role(program: NodeProgram): string;
  /** Among several that claim a role, the highest rank is meant (Raft: the term). */
  rank(program: NodeProgram): number;
  /** One line of state for `show`: `leader t3 log 1..7 commit 6`. */
  describe(program: NodeProgram): string;
}

/**
 * What decides a protocol's future, for exploring its states: two clusters with equal states are one. Plain data, or objects
 * whose classes tell their private fields (`INNER_STATE`); fields whose names end in `Us` are times, and left out.
 */
export interface StateDoor<Monitor = unknown> {
  server(program: NodeProgram): unknown;
  monitor(monitor: Monitor): unknown;
  /** Names of fields that are no state: doors to the world, configuration. */
  readonly ignored: readonly string[];
}

/** What a campaign may vary of a protocol beyond what a scenario says. */
export interface CampaignHints {
  /** Groups of `config:` fragments; a swarm run takes one of each group. Any combination must compile. */
  readonly variants: readonly (readonly Readonly<Record<string, unknown>>[])[];
  /** Intersections where hard bugs live: features and the kinds of fault (nemesis words) that meet there. */
  readonly focuses: readonly {
    readonly name: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly kinds: readonly string[];
  }[];
  /**
   * How long one lost message may hold up those who wait for its sender, µs, under this parsed `config:`. Absent: no
   * longer than what scenarios allow for. Where a campaign draws the links, its bound after the heal follows from it.
   */
  readonly stallUs?: (config: never) => number;
  /**
   * How soon a server must have answered or counts as silent, µs, under this parsed `config:` with so many servers: on links
   * and disks that are slower as a rule, a campaign asks for no liveness. Absent: clients wait for as long as it takes.
   */
  readonly answersWithinUs?: (config: never, servers: number) => number;
  /** Config fragment that keeps stories short, for the exploration of small clusters. */
  readonly small?: Readonly<Record<string, unknown>>;
  /**
   * What of the running servers is one step from trouble, in words ("two leaders"): guided search keeps runs that come near.
   * `programs` are those that are up.
   */
  readonly nearMisses?: (programs: readonly NodeProgram[]) => readonly string[];
}

/** Which servers serve clients by themselves, whatever becomes of the others: what a quorum core is drawn by. */
export interface CoreRule<Config = unknown> {
  /** Whether these servers suffice. */
  suffices(config: Config, servers: readonly NodeId[], core: readonly NodeId[]): boolean;
  /** The protocol's excuse, in words, when under this configuration no fixed set of servers does; null: some do. */
  excuse?(config: Config): string | null;
  /** What servers that suffice owe while faults touch only others; absent: nothing can be asked before the heal. */
  readonly commits?: CommitRule<Config>;
}

/** What must go on among servers that suffice and that no fault touches. Times in virtual µs. */
export interface CommitRule<Config = unknown> {
  /** How long they may get nowhere, when a message takes at most `messageUs` and a sync `syncUs`. */
  boundUs(config: Config, messageUs: number, syncUs: number): number;
  /** Why no bound holds under this configuration, in words, or null. */
  excuse(config: Config, messageUs: number, syncUs: number): string | null;
  /** False for a server that runs and may not be counted: its disk was lost. */
  takesPart(program: NodeProgram): boolean;
  /** How far they have come, a number that rises, and whether they have something to do. */
  progress(programs: readonly NodeProgram[]): { readonly reached: number; readonly open: boolean };
}

/** Why something cannot be asked of a protocol's clients, and what to do. */
export interface Unfit {
  readonly reason: string;
  readonly fix: string;
}

/** A protocol's registration, exported by its `index.ts`: everything a scenario needs to run and judge it. */
export interface ProtocolDefinition<Config = unknown, Monitor = unknown> {
  readonly name: string;
  /** Checks and completes the `config:` section of a scenario. Throws {@link ConfigError}. */
  parseConfig(input: Readonly<Record<string, unknown>>, serverCount: number): Config;
  /** Keys of the `config:` section whose entries are named after clients. */
  readonly clientConfigKeys?: readonly string[];
  /** Why no client can do this operation under this configuration, and what to do; null: they can. */
  unfit?(config: Config, operation: string): Unfit | null;
  /** Why this protocol's clients can have nothing of this name, and what to do; null: they can. Absent: any name will do. */
  unfitKey?(key: string): Unfit | null;
  /** `nowUs` tells true virtual time: the monitor stands outside the nodes and their clocks. */
  createMonitor(
    servers: readonly NodeId[],
    config: Config,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ): Monitor;
  /**
   * What has begun and not come to its end yet, each as the violation it would be if it stayed so. After the heal the
   * run goes on until this is empty; what is still there at the liveness bound is reported. Absent: nothing of the kind.
   */
  unfinished?(monitor: Monitor): readonly InvariantViolation[];
  /** What the run measured; always the same names in the same order. Absent: nothing. */
  figures?(monitor: Monitor): readonly Figure[];
  /** The names that {@link figures} gives, for `require:` and its errors. */
  readonly figureNames?: readonly string[];
  /** Of lock services: who held, believed and wrote, for the picture of a run. */
  lockTimeline?(monitor: Monitor): LockTimeline;
  /** From inside, whether the answers so far are linearizable; the history checker must not say the opposite. */
  witness?(monitor: Monitor): WitnessVerdict;
  /** Told when a phase of the run begins; what must hold only without faults is judged from then on. */
  onPhase?(monitor: Monitor, phase: RunPhase): void;
  /** Told once, when the run is over, wherever it stopped: what is still under way is judged as far as it went. */
  onEnd?(monitor: Monitor): void;
  /** Told of what befalls a node from outside, so that a monitor can end what only lived in a process that crashed. */
  onNodeChange?(monitor: Monitor, node: NodeId, change: NodeChange): void;
  createServer(context: ServerContext<Config, Monitor>): NodeProgram;
  createClient(context: ClientContext<Config, Monitor>): ClientProgram;
  readonly view: ServerView;
  /**
   * Makes what reads a running program, server or client, for a report: anew for every run, so that it may remember.
   * Absent: a report shows only whether a node is up.
   */
  readonly lane?: () => LaneReader;
  readonly invariants: readonly InvariantDefinition[];
  readonly bugs: readonly BugDefinition[];
  /** Why the bugs of these ids cannot be planted together, or null. Absent: only one at a time. */
  bugConflict?(ids: readonly string[]): string | null;
  /**
   * The operations clients know, and the history model that judges them; null when no sequential model fits: then only
   * invariants judge the run, and there is no property `linearizable`.
   */
  readonly model: 'register' | 'cas-register' | 'kv' | 'queue' | 'lock' | 'counter' | null;
  readonly operations: readonly string[];
  /**
   * The value of one drawn workload operation on `key`; `keys` are all the workload's keys. Absent: numbers, unique or
   * few, as the scenario asks.
   */
  readonly valueFor?: (
    f: string,
    key: string,
    keys: readonly string[],
    stream: RandomStream,
  ) => unknown;
  /** The message types, for per-type network rules and triggers. */
  readonly messageTypes: readonly string[];
  /** The marks that nodes make, for `when` triggers. */
  readonly marks: readonly string[];
  /** The `config:` keys with what they mean; the scenario schema and its errors are made from them. */
  readonly configKeys: Readonly<Record<string, string>>;
  readonly campaign?: CampaignHints;
  /** Absent: it needs every server, and a scenario cannot ask for a quorum core. */
  readonly core?: CoreRule<Config>;
  /** Absent: servers are told apart by what they were given, which merges fewer states. */
  readonly states?: StateDoor<Monitor>;
}

/** A `config:` section that cannot work: names the key, the reason and the fix. */
export class ConfigError extends Error {
  readonly key: string;
  readonly fix: string;
  constructor(key: string, reason: string, fix: string) {
    super(reason);
    this.name = 'ConfigError';
    this.key = key;
    this.fix = fix;
  }
}

export type { Message };
