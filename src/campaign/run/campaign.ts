import { createHash } from 'node:crypto';

import { compileDocument, type Subject } from '../documents/document.ts';
import { leftOfLineage } from '../search/lineage.ts';
import { createPool, workerCount, type Pool } from '../pool/pool.ts';
import type { SeedsPart } from '../pool/tasks.ts';
import { DEFAULT_PLAN, type RunPlan } from './one-run.ts';
import { Ledger, type CampaignHeader } from './ledger.ts';
import { CampaignError, shardSeeds, type SeedList, type Shard } from './seeds.ts';
import type { Tally } from './tally.ts';

export interface CampaignOptions {
  readonly subjects: readonly Subject[];
  readonly seeds: SeedList;
  readonly plan?: Partial<RunPlan>;
  /** Worker threads; null: one a core; 0: this thread. */
  readonly workers?: number | null;
  /** Real time after which no further seed begins; null: none. */
  readonly timeMs?: number | null;
  readonly shard?: Shard | null;
  /** Where the state goes; null: nowhere. */
  readonly stateFile?: string | null;
  /** Go on where the state file ends. */
  readonly resume?: boolean;
  readonly version?: string;
  /** Aborted: stop now, keep what is done. */
  readonly signal?: AbortSignal;
  /** Called a few times a second. */
  readonly onProgress?: (progress: CampaignProgress) => void;
}

export interface CampaignProgress {
  readonly tally: Tally;
  /** Seeds done and to do (Infinity when only time bounds it). */
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
  readonly workers: number;
  readonly subjects: readonly Subject[];
  /** Real time that was given; null: none. */
  readonly timeMs: number | null;
  /** Real time since two things were seen together in one run for the first time. */
  readonly sinceNewMs: number;
}

/** A campaign's end: what all runs add up to, and whether they were all that was asked for. */
export interface CampaignResult {
  readonly header: CampaignHeader;
  readonly subjects: readonly Subject[];
  readonly plan: RunPlan;
  readonly tally: Tally;
  readonly seedsDone: number;
  readonly seedsAsked: number;
  readonly ended: 'complete' | 'time' | 'interrupted' | 'state-file';
  readonly elapsedMs: number;
  readonly workers: number;
  /** Seeds that were already done when it resumed. */
  readonly resumed: number;
  /** Real time at the end since two things were seen together in one run for the first time: whether going on is worth it. */
  readonly sinceNewMs: number;
  /** Why the state could not be written; the tally is complete up to then. */
  readonly stateError: string | null;
}

/** Real time that one task should take: long against its overhead, short against a person's patience. */
const TASK_MS = 250;
const MAX_TASK_SEEDS = 256;
const PROGRESS_MS = 250;

/**
 * Runs every scenario under every seed. The sum does not depend on the number of workers, nor on interruptions that are
 * resumed. @throws ScenarioError for a document that does not compile, CampaignError for a state file that does not fit.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const plan: RunPlan = { ...DEFAULT_PLAN, ...options.plan };
  const shard = options.shard ?? null;
  const seeds = shard === null ? options.seeds : shardSeeds(options.seeds, shard);
  if (options.subjects.length === 0) throw new CampaignError('a campaign without a scenario');
  for (const subject of options.subjects) compileDocument(subject);
  const header = headerOf(options, plan, seeds, shard);
  const ledger = new Ledger(options.stateFile ?? null, header, options.resume ?? false);
  const pool = createPool({ subjects: options.subjects, plan }, workersFor(options));
  const drive = new Drive(options, seeds, ledger, pool);
  try {
    await drive.run();
  } finally {
    await pool.close();
  }
  return {
    header,
    subjects: options.subjects,
    plan,
    tally: ledger.tally,
    seedsDone: ledger.done.size,
    seedsAsked: seeds.count,
    ended: drive.ended,
    elapsedMs: drive.elapsedMs(),
    workers: pool.size,
    resumed: drive.resumed,
    sinceNewMs: drive.sinceNewMs(),
    stateError: drive.stateError,
  };
}

function workersFor({ workers, seeds }: CampaignOptions): number {
  return workers === 0 ? 0 : Math.min(workerCount(workers ?? null), Math.max(1, seeds.count));
}

function headerOf(
  options: CampaignOptions,
  plan: RunPlan,
  seeds: SeedList,
  shard: Shard | null,
): CampaignHeader {
  const about = JSON.stringify([options.subjects.map(({ document }) => document), plan]);
  return {
    format: 'splitbrain-campaign/1',
    splitbrain: options.version ?? '',
    digest: createHash('sha256').update(about).digest('hex').slice(0, 16),
    scenarios: options.subjects.map(({ document }) => document.name),
    seeds: seeds.text,
    shard: shard === null ? null : `${shard.index}/${shard.of}`,
  };
}

/** Feeds a pool until the seeds, the time or the patience of the user end. */
class Drive {
  readonly #options: CampaignOptions;
  readonly #seeds: SeedList;
  readonly #ledger: Ledger;
  readonly #pool: Pool;
  readonly #startMs = performance.now();
  readonly resumed: number;
  ended: CampaignResult['ended'] = 'complete';
  stateError: string | null = null;
  #next = 0;
  #millisecondsPerSeed = TASK_MS;
  #progressAtMs = 0;
  #newAtMs = performance.now();
  #stop: () => void = () => undefined;

  constructor(options: CampaignOptions, seeds: SeedList, ledger: Ledger, pool: Pool) {
    this.#options = options;
    this.#seeds = seeds;
    this.#ledger = ledger;
    this.#pool = pool;
    this.resumed = ledger.done.size;
  }

  elapsedMs(): number {
    return performance.now() - this.#startMs;
  }

  sinceNewMs(): number {
    return performance.now() - this.#newAtMs;
  }

  async run(): Promise<void> {
    const { signal, timeMs } = this.#options;
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve;
    });
    const end = (how: CampaignResult['ended']): void => {
      this.ended = how;
      this.#stop();
    };
    const onAbort = (): void => {
      end('interrupted');
    };
    const timer =
      timeMs === undefined || timeMs === null
        ? null
        : setTimeout(() => {
            end('time');
          }, timeMs);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    try {
      this.#write(() => {
        this.#ledger.open();
      });
      const lanes = Array.from({ length: this.#pool.size }, () => this.#lane());
      await Promise.race([Promise.all(lanes), stopped]);
      this.#write(() => {
        this.#ledger.flush();
      });
    } finally {
      if (timer !== null) clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** One worker's life: a task, then the next. */
  async #lane(): Promise<void> {
    for (;;) {
      const range = this.ended === 'complete' ? this.#take() : null;
      if (range === null) return;
      const [from, to] = range;
      const seeds = Array.from({ length: to - from }, (_, offset) => this.#seeds.at(from + offset));
      const startMs = performance.now();
      await this.#pool.perform({ kind: 'seeds', from, seeds }, (part) => {
        this.#onPart(part as SeedsPart);
      });
      const tookMs = (performance.now() - startMs) / (to - from);
      this.#millisecondsPerSeed = 0.5 * this.#millisecondsPerSeed + 0.5 * tookMs;
    }
  }

  #take(): readonly [number, number] | null {
    const left = this.#seeds.count - this.#next;
    const share = Math.ceil(left / (2 * this.#pool.size));
    const count = Math.max(
      1,
      Math.min(MAX_TASK_SEEDS, share, Math.floor(TASK_MS / this.#millisecondsPerSeed)),
    );
    const range = this.#ledger.done.gap(this.#next, this.#whole(count), this.#seeds.count);
    this.#next = range === null ? this.#seeds.count : range[1];
    return range;
  }

  /** Seeds that learn from each other go to one worker: another would have to run the first of them again. */
  #whole(count: number): number {
    if (this.#options.plan?.strategy !== 'guided' || this.#next >= this.#seeds.count) return count;
    return leftOfLineage(this.#seeds.at(this.#next));
  }

  #onPart({ from, to, tally }: SeedsPart): void {
    if (this.ended !== 'complete') return;
    const { pairs } = this.#ledger.tally;
    if (Object.keys(tally.pairs).some((pair) => pairs[pair] === undefined))
      this.#newAtMs = performance.now();
    this.#write(() => {
      this.#ledger.add(from, to, tally);
    });
    const { onProgress } = this.#options;
    const nowMs = performance.now();
    if (onProgress === undefined || nowMs < this.#progressAtMs) return;
    this.#progressAtMs = nowMs + PROGRESS_MS;
    onProgress({
      tally: this.#ledger.tally,
      done: this.#ledger.done.size,
      total: this.#seeds.count,
      elapsedMs: this.elapsedMs(),
      workers: this.#pool.size,
      subjects: this.#options.subjects,
      timeMs: this.#options.timeMs ?? null,
      sinceNewMs: this.sinceNewMs(),
    });
  }

  /** A full disk ends the campaign, and loses nothing of what it knows. */
  #write(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.stateError = (error as Error).message;
      this.ended = 'state-file';
      this.#stop();
    }
  }
}
