import { parentPort, workerData } from 'node:worker_threads';

import { PROTOCOLS } from '../../scenario/registry.ts';
import type { Subject } from '../documents/document.ts';
import type { RunPlan } from '../run/one-run.ts';
import type { WorkerReply } from './pool.ts';
import { mergeTally } from '../run/tally.ts';
import { TaskPerformer, type SeedsPart, type Task } from './tasks.ts';

/** Parts are gathered this long before they are posted: what a killed campaign may lose. */
const POST_EVERY_MS = 40;

const { subjects, plan } = workerData as {
  subjects: readonly Omit<Subject, 'protocols'>[];
  plan: RunPlan;
};
const port = parentPort!;
const performer = new TaskPerformer({
  subjects: subjects.map((subject) => ({ ...subject, protocols: PROTOCOLS })),
  plan,
});
const reply = (message: WorkerReply): void => {
  port.postMessage(message);
};

port.on('message', (task: Task) => {
  try {
    let parts: unknown[] = [];
    let postAtMs = performance.now() + POST_EVERY_MS;
    for (const part of performer.perform(task)) {
      if (task.kind === 'seeds') addSeeds(parts as SeedsPart[], part as SeedsPart);
      else parts.push(part);
      if (performance.now() < postAtMs) continue;
      reply({ parts });
      parts = [];
      postAtMs = performance.now() + POST_EVERY_MS;
    }
    reply({ parts });
    reply({ done: true });
  } catch (error) {
    reply({ error: (error as Error).stack ?? String(error) });
  }
});

/** Seeds are added up here: one message for many, whatever they cost the thread that receives them. */
function addSeeds(parts: SeedsPart[], part: SeedsPart): void {
  const last = parts.at(-1);
  if (last === undefined || last.to !== part.from) {
    parts.push(part);
    return;
  }
  mergeTally(last.tally, part.tally);
  parts[parts.length - 1] = { from: last.from, to: part.to, tally: last.tally };
}
