import { describe, expect, it } from 'vitest';
import { bugLikelihood, type Likelihood } from '../../../src/campaign/likelihood/likelihood.ts';
import type { ProtocolDefinition, ReportViolation } from '../../../src/protocols/protocol.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import { toy } from '../../scenario/toy-protocol.ts';

/** Two coins, thrown at 10 ms and at 20 ms; both heads is the bug. */
const coins: ProtocolDefinition = {
  ...(toy as ProtocolDefinition),
  name: 'coins',
  createMonitor: (_servers, _config, _nameOf, report: ReportViolation) => report,
  createServer: ({ env, monitor }) => {
    let heads = 0;
    return {
      onStart: () => {
        env.setTimer('first', 10_000);
        env.setTimer('second', 20_000);
      },
      onTimer: (name) => {
        if (env.random('coin').chance(500_000)) heads += 1;
        if (name === 'second' && heads === 2)
          (monitor as ReportViolation)({
            invariant: 'not-both-heads',
            sentence: 'Both coins show heads.',
            because: [],
            nodes: [env.id],
          });
      },
    };
  },
  invariants: [{ name: 'not-both-heads', statement: 'Not both.', source: 'test' }],
};

const scenario = compileScenario(
  'name: coins\ntitle: two coins\nprotocol: coins\ntopology: { servers: 1, clients: 1 }\nduration: 30ms\nliveness: none\nscript: [{ client: c1, do: read, at: 1ms }]\n',
  'coins.yaml',
  { coins },
);

/** A seed under which both coins show heads, and the event at which that was seen. */
function failing(): { readonly seed: string; readonly event: number } {
  for (let seed = 1; seed < 100; seed += 1) {
    const { properties } = runScenario(scenario, { seed: String(seed) });
    const broken = properties.find(({ name }) => name === 'not-both-heads')!;
    if (broken.verdict === 'violated') return { seed: String(seed), event: broken.event! };
  }
  throw new Error('no seed shows two heads');
}

const { seed, event } = failing();
const measure = (): Likelihood =>
  bugLikelihood(scenario, {
    seed,
    schedule: [],
    property: 'not-both-heads',
    untilEvent: event,
    cuts: event,
    runs: 400,
  });

describe('bug likelihood over time', () => {
  const { points, jump } = measure();
  const share = (at: number): number => {
    const point = points.find((one) => one.event === at)!;
    return point.failed / point.runs;
  };

  it('of two coins is a quarter, a half after the first head, and certain after the second', () => {
    expect(share(0)).toBeGreaterThan(0.17);
    expect(share(0)).toBeLessThan(0.33);
    expect(share(event - 1)).toBeGreaterThan(0.42);
    expect(share(event - 1)).toBeLessThan(0.58);
    expect(share(event)).toBe(1);
  });

  it('rises most where the second coin fell', () => {
    expect([jump!.before.event, jump!.after.event]).toEqual([event - 1, event]);
  });

  it('is the same every time', () => {
    expect(measure()).toEqual({ points, jump });
  });
});
