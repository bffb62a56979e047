import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { EXIT } from '../exit-codes.ts';
import { readText } from '../find-scenarios.ts';
import { print } from '../output.ts';
import { runHash, type HashJob } from '../run-hash-worker.ts';
import { describeDivergence, plantAmbientClock, plantOrderLeak } from '../self-test.ts';
import { packageVersion } from '../version.ts';

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

const SCENARIO = fileURLToPath(
  new URL('../../../scenarios/raft/default-faults.yaml', import.meta.url),
);
const WORKER = fileURLToPath(new URL('../run-hash-worker.js', import.meta.url));

/** `splitbrain doctor`: proves determinism on the spot. Returns the exit code. */
export async function doctor(options: { readonly json?: boolean }): Promise<number> {
  const job: HashJob = { text: readText(SCENARIO), file: 'default-faults.yaml', seed: 'doctor' };
  const hash = runHash(job);
  const same = (name: string, other: string): Finding => ({
    name,
    ok: other === hash,
    detail: other === hash ? hash : `${hash} here, ${other} there`,
  });
  runHash({ ...job, seed: 'another' });
  const again = runHash(job);
  const worker = new Worker(WORKER, { workerData: job });
  const [inThread] = (await once(worker, 'message')) as [string];
  await worker.terminate();
  const inProcess = execFileSync(process.execPath, [WORKER, '--hash-job', JSON.stringify(job)], {
    encoding: 'utf8',
  });
  const clock = plantAmbientClock();
  const leak = plantOrderLeak();
  const findings: Finding[] = [
    {
      name: 'version',
      ok: true,
      detail: `splitbrain ${packageVersion()}, Node ${process.version}`,
    },
    same('same seed again in this process, another seed between', again),
    same('same seed in a worker thread', inThread),
    same('same seed in a fresh process', inProcess),
    {
      name: 'a planted Date.now is refused',
      ok: clock !== null,
      detail: clock === null ? 'nothing refused it' : firstFrames(clock),
    },
    {
      name: 'a planted order leak is located',
      ok: leak !== null,
      detail:
        leak === null
          ? 'the two runs were taken for equal'
          : describeDivergence(leak, ['n1', 'n2', 'n3']),
    },
  ];
  if (options.json === true) print(JSON.stringify({ findings, hash }, null, 2));
  else
    for (const { name, ok, detail } of findings) {
      print(`${ok ? '✓' : '✗'} ${name}`);
      print(`    ${detail}`);
    }
  return findings.every(({ ok }) => ok) ? EXIT.ok : EXIT.nondeterministic;
}

function firstFrames(error: Error): string {
  const frames = (error.stack ?? '').split('\n').slice(1, 3);
  return [error.message, ...frames.map((frame) => frame.trim())].join('\n    ');
}
