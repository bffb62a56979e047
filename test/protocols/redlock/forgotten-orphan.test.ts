import { describe, expect, it } from 'vitest';

import { runText } from '../run-text.ts';

/** The verdict on copies that a client leaves behind, when it asks one server after the other. */
function verdictOf(lines: readonly string[]): string {
  const text = `protocol: redlock
topology: { servers: [r1, r2, r3, r4, r5, store], clients: [c1] }
config: { ttl: 1s, contact: sequential, hold: 10ms, judgeBelief: false }
duration: 4s
script: [{ at: 100ms, client: c1, do: increment, key: x }]
${lines.join('\n')}
`;
  const { properties } = runText(text);
  return properties.find(({ name }) => name === 'no-forgotten-orphan')!.verdict;
}

/** Right after the first servers have been sent the release, and before the last have. */
const MEANWHILE = '{ id: away, when: { mark: released, node: c1 }, after: 2ms';

describe('a copy that nobody released', () => {
  it.each([
    ['paused', `${MEANWHILE}, kind: pause, target: c1, for: 1500ms }`],
    ['killed', `${MEANWHILE}, kind: kill, target: c1, for: 1500ms }`],
  ])('is no mistake of a client that was %s while it released', (_, fault) => {
    expect(verdictOf([`faults: [${fault}]`])).toBe('holds');
  });

  it.each(['', `, { id: later, at: 2s, kind: pause, target: c1, for: 100ms }`])(
    'is one of a client that had the time to release it (and is paused later, or not%s)',
    (later) => {
      const deaf =
        '{ id: deaf, at: 0s, kind: messages, from: r5, to: c1, types: [RedisReply], drop: 100%, for: 300ms }';
      expect(verdictOf([`faults: [${deaf}${later}]`, 'bug: release-only-ackers'])).toBe('violated');
    },
  );
});
