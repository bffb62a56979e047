import { expect, it } from 'vitest';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

it.each(['watchdog', 'auto, extendThreshold: 300ms'])(
  'a lock is extended in time however long a silent server would be waited for (extend: %s)',
  (extend) => {
    const text = `
name: t
title: t
protocol: redlock
topology: { servers: [r1, r2, r3, r4, r5, store], clients: [c1] }
config: { extend: ${extend}, ttl: 1s, nodeTimeout: 985ms, hold: 5s }
network: { latency: [1ms, 2ms] }
duration: 10s
script: [{ id: a, at: 10ms, client: c1, do: increment, key: x }]
require: { outcomes: { a: ok } }
`;
    const { properties } = runScenario(compileScenario(text, 't.yaml', PROTOCOLS), { seed: '1' });
    expect(properties.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
  },
);
