import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { Membership } from '../../../src/protocols/messaging/membership.ts';

const MEMBER_US = 1_000;

describe('the membership of a consumer group', () => {
  it('gives a lonely process every queue', () => {
    const members = new Membership(3, MEMBER_US);
    members.heard(7, [], 0);
    expect(members.queuesOf(7, false)).toEqual([0, 1, 2]);
  });

  it('forgets who is silent, and gives its queues to the others', () => {
    const members = new Membership(2, MEMBER_US);
    members.heard(1, [0], 0);
    members.heard(2, [1], 0);
    members.heard(2, [1], MEMBER_US + 1);
    expect(members.queuesOf(2, false)).toEqual([0, 1]);
  });

  it('moves a queue only when its owner has let it go, where order counts', () => {
    const members = new Membership(2, MEMBER_US);
    members.heard(1, [0, 1], 0);
    members.heard(2, [], 1);
    expect(members.queuesOf(2, true)).toEqual([]);
    expect(members.queuesOf(1, true)).toEqual([0]);
    members.heard(1, [0], 2);
    expect(members.queuesOf(2, true)).toEqual([1]);
  });

  it('moves a queue at once where order does not count', () => {
    const members = new Membership(2, MEMBER_US);
    members.heard(1, [0, 1], 0);
    members.heard(2, [], 1);
    expect(members.queuesOf(2, false)).toEqual([1]);
  });

  test.prop([fc.integer({ min: 1, max: 9 }), fc.uniqueArray(fc.nat(20), { minLength: 1 })])(
    'gives every queue to exactly one member, and no member two more than another',
    (queueCount, nodes) => {
      const members = new Membership(queueCount, MEMBER_US);
      for (const node of nodes) members.heard(node, [], 0);
      const shares = nodes.map((node) => members.queuesOf(node, false));
      const all = shares.flat().sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: queueCount }, (_, queue) => queue));
      const sizes = shares.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    },
  );
});
