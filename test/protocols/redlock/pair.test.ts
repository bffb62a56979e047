import { describe, expect, it } from 'vitest';

import { runText, violatedOf } from '../run-text.ts';

/** The names of what is violated in a run of a primary and its replica. */
function violatedWith(lines: readonly string[]): readonly string[] {
  const text = `protocol: redlock
topology: { servers: [primary, replica, store], clients: [c1, c2] }
network: { latency: [1ms, 2ms] }
duration: 20s
${lines.join('\n')}
`;
  return violatedOf(runText(text));
}

describe('a replica', () => {
  const restarted = (aof: string): readonly string[] => [
    `config: { replication: async, aof: ${aof}, failoverAfter: 500ms, ttl: 20s, holds: { c1: 8s }, retryCount: -1 }`,
    'script:',
    '  - { id: a, at: 10ms, client: c1, do: increment, key: x }',
    '  - { id: b, at: 4s, client: c2, do: increment, key: x }',
    'faults:',
    '  - { id: k1, at: 1s, kind: kill, target: primary, for: 18s }',
    '  - { id: k2, at: 3s, kind: kill, target: replica, for: 200ms }',
  ];

  it('that was promoted finds in its append-only file what the primary had told it', () => {
    expect(violatedWith(restarted('always'))).toEqual([]);
  });

  it('without such a file has forgotten it', () => {
    expect(violatedWith(restarted('off'))).toContain('mutual-exclusion-grant');
  });
});

it('a client that released on a primary which had died has told the pair', () => {
  const lines = [
    'config: { replication: async, failoverAfter: 500ms, ttl: 5s, hold: 1s, retryCount: -1 }',
    'script: [{ at: 10ms, client: c1, do: increment, key: x }]',
    'faults: [{ id: k, at: 500ms, kind: kill, target: primary, for: 10s }]',
  ];
  expect(violatedWith(lines)).toEqual([]);
});
