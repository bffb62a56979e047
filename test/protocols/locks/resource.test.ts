import { expect, it } from 'vitest';

import { runText, violatedOf } from '../run-text.ts';

/** A disk of the resource that fails for a while, and what becomes of the resource long after that. */
function runWith(later: 'kill' | 'power-loss') {
  const text = `protocol: redlock
topology: { servers: [r1, r2, r3, store], clients: [c1, c2] }
config: { hold: 100ms, fence: quorum-max-writeback }
network: { latency: [1ms, 2ms] }
disk: { sync: [1ms, 2ms], unsynced: none }
duration: 8s
script:
  - { id: a, at: 1s, client: c1, do: increment, key: x }
  - { id: b, at: 3s, client: c2, do: increment, key: x }
faults:
  - { id: bad-disk, at: 1050ms, kind: failed-sync, target: store, for: 500ms }
  - { id: later, at: 5s, kind: ${later}, target: store, for: 100ms }
require: { outcomes: { a: info, b: ok } }
`;
  return runText(text);
}

it.each(['kill', 'power-loss'] as const)(
  'a resource whose disk failed stops, and what it acknowledges after it was started again outlives a %s',
  (later) => {
    expect(violatedOf(runWith(later))).toEqual([]);
  },
);
