import { expect, it } from 'vitest';

import { runText, violatedOf } from '../run-text.ts';

it.each(['watchdog', 'auto, extendThreshold: 300ms'])(
  'a lock is extended in time however long a silent server would be waited for (extend: %s)',
  (extend) => {
    const text = `protocol: redlock
topology: { servers: [r1, r2, r3, r4, r5, store], clients: [c1] }
config: { extend: ${extend}, ttl: 1s, nodeTimeout: 985ms, hold: 5s }
network: { latency: [1ms, 2ms] }
duration: 10s
script: [{ id: a, at: 10ms, client: c1, do: increment, key: x }]
require: { outcomes: { a: ok } }
`;
    expect(violatedOf(runText(text))).toEqual([]);
  },
);
