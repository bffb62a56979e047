import { expect, it } from 'vitest';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

it.each(['lock: mutex', 'lock: read-write, downgrade: true'])(
  'two holders whose nodes had one path, in a folder that was deleted and made anew, are told apart (%s)',
  (lock) => {
    const text = `
name: t
title: t
protocol: zookeeper
topology: { servers: [z1, z2, z3, store], clients: 4 }
config: { ${lock}, guid: false, cleanParent: true, hold: [5ms, 20ms] }
network: { latency: [1ms, 2ms], fifo: true }
duration: 6s
workload: { mix: { increment: 3, read: 1 }, keys: 1, think: [5ms, 50ms], from: 1s }
`;
    const { properties } = runScenario(compileScenario(text, 't.yaml', PROTOCOLS), { seed: '1' });
    expect(properties.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
  },
);
