import { describe, expect, it } from 'vitest';

import { jainIndex, lockCost } from '../../../src/campaign/locks/cost.ts';
import { LOCK_SCHEMES } from '../../../src/campaign/locks/scheme.ts';

const cost = (id: string) => lockCost(LOCK_SCHEMES.find((scheme) => scheme.id === id)!);

describe("Jain's index", () => {
  it('is 1 when all are equal, and 1/n when one has it all', () => {
    expect(jainIndex([3, 3, 3])).toBe(1);
    expect(jainIndex([8, 0, 0, 0])).toBe(0.25);
    expect(jainIndex([])).toBe(1);
  });
});

describe('one workload', () => {
  it('costs pollers a long tail, and listeners messages', () => {
    const [polled, notified] = [cost('single-redis'), cost('notified-redis')];
    expect(notified.wait99Us).toBeLessThan(polled.wait99Us / 3);
    expect(notified.overtakes).toBeLessThan(polled.overtakes);
    expect(notified.messagesPerGrant).toBeGreaterThan(polled.messagesPerGrant);
  });

  it('is served in turn by a queue', () => {
    const [fair, polled] = [cost('fair-redis'), cost('single-redis')];
    // One that asked a moment later may be first at the server.
    expect(fair.overtakes).toBeLessThanOrEqual(1);
    expect(fair.evenness).toBeGreaterThan(polled.evenness);
  });
});
