import { describe, expect, it } from 'vitest';

import type {
  ClientContext,
  ClientProgram,
  ProtocolDefinition,
} from '../../src/protocols/protocol.ts';
import type { Message, NodeEnv, NodeProgram } from '../../src/sim/engine/env.ts';
import { compileScenario } from '../../src/scenario/compile.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { RunResult } from '../../src/scenario/run-result.ts';

class Tally {
  open = 0;
  seenUs = -1;
}

interface Job extends Message {
  readonly value: unknown;
}

/** Answers at once and does the job `workUs` later. */
class Worker implements NodeProgram {
  readonly #env: NodeEnv;
  readonly #workUs: number;
  readonly #tally: Tally | null;
  constructor(env: NodeEnv, workUs: number, tally: Tally | null) {
    this.#env = env;
    this.#workUs = workUs;
    this.#tally = tally;
  }
  onMessage(from: number, message: Message, replyTo: number): void {
    if ((message as Job).value !== null && this.#tally !== null && this.#tally.open === 0) {
      this.#tally.open += 1;
      this.#env.setTimer('work', this.#workUs);
    }
    this.#env.reply(from, replyTo, message);
  }
  onTimer(): void {
    if (this.#tally !== null) this.#tally.open -= 1;
  }
}

class Asker implements ClientProgram {
  readonly #context: ClientContext<number>;
  constructor(context: ClientContext<number>) {
    this.#context = context;
  }
  perform(operation: { readonly value: unknown }, token: number): void {
    this.#context.env.spawn(this.#ask(operation.value, token));
  }
  *#ask(value: unknown, token: number) {
    const job: Job = { type: 'job', value };
    const result = yield* this.#context.env.call<Job>(0, job, 1_000_000);
    this.#context.complete(
      token,
      result.ok ? { type: 'ok', value: result.message.value } : { type: 'info' },
    );
  }
}

/** The configuration is how long a job takes, in µs. */
const protocol: ProtocolDefinition<number, Tally> = {
  name: 'jobs',
  parseConfig: (input) => Number(input['workUs']),
  createMonitor: (_servers, _config, _nameOf, _report, nowUs) => {
    const tally = new Tally();
    tally.seenUs = nowUs();
    return tally;
  },
  unfinished: (tally) =>
    tally.open === 0
      ? []
      : [{ invariant: 'all-done', sentence: 'a job is left', because: [], nodes: [0] }],
  createServer: ({ env, config, monitor }) => new Worker(env, config, monitor),
  createClient: (context) => new Asker(context),
  view: { role: () => 'worker', rank: () => 0, describe: () => 'worker' },
  invariants: [{ name: 'all-done', statement: 'Every job is done.', source: 'test' }],
  bugs: [],
  model: null,
  operations: ['do', 'read'],
  valueFor: (f, key, keys, stream) =>
    f === 'read' ? null : `${key} of ${keys.join()} ${stream.below(1)}`,
  messageTypes: ['job'],
  marks: [],
  configKeys: { workUs: 'how long a job takes' },
};

function run(workUs: number, extra = ''): RunResult {
  const text = `
name: jobs
title: jobs
protocol: jobs
topology: { servers: 1, clients: 1 }
config: { workUs: ${workUs} }
duration: 500ms
liveness: 2s
workload: { mix: { do: 1 }, operations: 1, keys: 2 }
${extra}`;
  return runScenario(compileScenario(text, 'jobs.yaml', { jobs: protocol }), {
    seed: '1',
  });
}
const verdictOf = (result: RunResult, name: string) =>
  result.properties.find((property) => property.name === name)?.verdict;

describe('a protocol that no sequential model fits', () => {
  it('is not judged for linearizability', () => {
    expect(verdictOf(run(1_000), 'linearizable')).toBeUndefined();
    expect(verdictOf(run(1_000), 'liveness')).toBe('holds');
  });

  it('draws its own values, knowing all keys', () => {
    expect(String(run(1_000).history.operation(0).input)).toMatch(/^[xy] of x,y 0$/);
  });
});

describe('unfinished work', () => {
  it('keeps the run going until it is done', () => {
    const result = run(1_500_000);
    expect(verdictOf(result, 'all-done')).toBe('holds');
    expect(result.virtualUs).toBeGreaterThanOrEqual(1_500_000);
  });

  it('is a violation when it is still there at the bound', () => {
    const result = run(60_000_000);
    expect(verdictOf(result, 'all-done')).toBe('violated');
    expect(verdictOf(result, 'liveness')).toBe('holds');
    expect(verdictOf(run(60_000_000, 'properties: { all-done: violated }'), 'liveness')).toBe(
      'holds',
    );
  });
});
