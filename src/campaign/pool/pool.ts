import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { PROTOCOLS } from '../../scenario/registry.ts';
import { TaskPerformer, type Task, type TaskContext } from './tasks.ts';

export type OnPart = (part: unknown) => void;

/** Performs tasks, several at once; `size` says how many. */
export interface Pool {
  readonly size: number;
  /** Resolves when the task is done; every part comes through `onPart` first. */
  perform(task: Task, onPart: OnPart): Promise<void>;
  /** Ends at once; tasks under way are lost and their promises never settle. */
  close(): Promise<void>;
}

export type WorkerReply =
  { readonly parts: readonly unknown[] } | { readonly done: true } | { readonly error: string };

/** One worker a core, at most what was asked for. */
export function workerCount(asked: number | null): number {
  return Math.max(1, asked ?? availableParallelism());
}

/**
 * Worker threads, or this very thread: for one worker asked for as 0, for protocols that only this process knows, and
 * when the sources run untranslated (a worker would need the translator too).
 */
export function createPool(context: TaskContext, workers: number): Pool {
  const own = context.subjects.some(({ protocols }) => protocols !== PROTOCOLS);
  const untranslated = import.meta.url.endsWith('.ts');
  return workers === 0 || own || untranslated
    ? new InlinePool(context)
    : new ThreadPool(context, workers);
}

/** Real time between two turns of the host's event loop: signals and timers get their chance. */
const SLICE_MS = 50;

class InlinePool implements Pool {
  readonly size = 1;
  readonly #performer: TaskPerformer;
  #closed = false;

  constructor(context: TaskContext) {
    this.#performer = new TaskPerformer(context);
  }

  async perform(task: Task, onPart: OnPart): Promise<void> {
    let sliceEndMs = performance.now() + SLICE_MS;
    for (const part of this.#performer.perform(task)) {
      onPart(part);
      if (performance.now() < sliceEndMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#closed) return;
      sliceEndMs = performance.now() + SLICE_MS;
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}

interface Job {
  readonly onPart: OnPart;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class ThreadPool implements Pool {
  readonly size: number;
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #jobs = new Map<Worker, Job>();

  constructor(context: TaskContext, workers: number) {
    this.size = workers;
    const workerData = {
      subjects: context.subjects.map(({ document, file }) => ({ document, file })),
      plan: context.plan,
    };
    this.#workers = Array.from(
      { length: workers },
      () => new Worker(new URL('./worker.js', import.meta.url), { workerData }),
    );
    this.#idle = [...this.#workers];
    for (const worker of this.#workers) this.#listen(worker);
  }

  perform(task: Task, onPart: OnPart): Promise<void> {
    const worker = this.#idle.pop();
    if (worker === undefined)
      throw new RangeError(`all ${this.size} workers are busy: perform at most that many tasks`);
    return new Promise((resolve, reject) => {
      this.#jobs.set(worker, { onPart, resolve, reject });
      worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    this.#jobs.clear();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #listen(worker: Worker): void {
    worker.on('message', (reply: WorkerReply) => {
      const job = this.#jobs.get(worker);
      if (job === undefined) return;
      if ('parts' in reply) {
        for (const part of reply.parts) job.onPart(part);
        return;
      }
      this.#jobs.delete(worker);
      this.#idle.push(worker);
      if ('error' in reply) job.reject(new Error(reply.error));
      else job.resolve();
    });
    worker.on('error', (error) => {
      this.#jobs.get(worker)?.reject(error);
      this.#jobs.delete(worker);
    });
  }
}
