import { expect, it } from 'vitest';

import { runText, violatedOf } from '../run-text.ts';

it.each(['lock: mutex', 'lock: read-write, downgrade: true'])(
  'two holders whose nodes had one path, in a folder that was deleted and made anew, are told apart (%s)',
  (lock) => {
    const text = `protocol: zookeeper
topology: { servers: [z1, z2, z3, store], clients: 4 }
config: { ${lock}, guid: false, cleanParent: true, hold: [5ms, 20ms] }
network: { latency: [1ms, 2ms], fifo: true }
duration: 6s
workload: { mix: { increment: 3, read: 1 }, keys: 1, think: [5ms, 50ms], from: 1s }
`;
    expect(violatedOf(runText(text))).toEqual([]);
  },
);
