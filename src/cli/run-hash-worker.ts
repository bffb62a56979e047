import { isMainThread, parentPort, workerData } from 'node:worker_threads';

import { PROTOCOLS } from '../scenario/registry.ts';
import { compileScenario } from '../scenario/compile.ts';
import { runScenario } from '../scenario/run.ts';

/** One run of a scenario text; what `doctor` compares between threads and processes. */
export interface HashJob {
  readonly text: string;
  readonly file: string;
  readonly seed: string;
}

export function runHash({ text, file, seed }: HashJob): string {
  return runScenario(compileScenario(text, file, PROTOCOLS), { seed }).hash;
}

// As the entry of a worker thread or of a process: the job comes in, the hash goes out.
if (!isMainThread) parentPort?.postMessage(runHash(workerData as HashJob));
else if (process.argv[2] === '--hash-job')
  process.stdout.write(runHash(JSON.parse(process.argv[3]!) as HashJob));
