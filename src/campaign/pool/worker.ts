import { parentPort, workerData } from 'node:worker_threads';

import { PROTOCOLS } from '../../scenario/registry.ts';
import type { Subject } from '../documents/document.ts';
import type { RunPlan } from '../run/one-run.ts';
import type { WorkerReply } from './pool.ts';
import { TaskPerformer, type Task } from './tasks.ts';

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
      parts.push(part);
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
