import { beforeEach, expect, it } from 'vitest';

import { Handovers } from '../../../src/protocols/etcd/handovers.ts';
import type { KeyValue } from '../../../src/protocols/etcd/store.ts';

const LOCK_DELAY_US = 1_000_000;
let complaints: string[];
let handovers: Handovers;
/** True time; server 0 goes by it, and server 1's clock can be made fast. */
let nowUs: number;
let gainedUs: number;

beforeEach(() => {
  complaints = [];
  [nowUs, gainedUs] = [5_000_000, 0];
  handovers = new Handovers(
    LOCK_DELAY_US,
    (id) => `c${id}`,
    ({ invariant, sentence }) => complaints.push(`${invariant}: ${sentence}`),
  );
  handovers.showClock(0, () => nowUs);
  handovers.showClock(1, () => nowUs + gainedUs);
});

/** The holder's key `lock/x/1` ends at revision 10. */
function end(released: boolean): void {
  const key: KeyValue = {
    key: 'lock/x/1',
    value: '',
    createRevision: 2,
    modRevision: 2,
    version: 1,
    lease: 1,
  };
  handovers.ended({ key, atUs: nowUs, revision: 10, released });
}

function grantAfter(us: number, path = 'lock/x/2', revision = 3): void {
  nowUs += us;
  const key = path.split('/')[1]!;
  handovers.granted(
    { id: `${path}@${revision}`, key, client: 2, token: null },
    path,
    revision,
    nowUs,
  );
}

it('complains when a lost lock is taken within the lock-delay', () => {
  end(false);
  grantAfter(999_900);
  expect(complaints).toEqual([
    'lock-delay: c2 takes lock x with lock/x/2 999.9 ms after the lease of lock/x/1 had ended.',
  ]);
});

it('says nothing when the lock-delay is over, or when the holder had released', () => {
  end(false);
  grantAfter(LOCK_DELAY_US);
  end(true);
  grantAfter(1);
  expect(complaints).toEqual([]);
});

it('says nothing of another lock, nor of the key that has ended itself', () => {
  end(false);
  grantAfter(1, 'lock/y/2');
  grantAfter(1, 'lock/x/1');
  expect(complaints).toEqual([]);
});

it('lets the lock-delay be over when it is so by the clock of a server that may have led', () => {
  end(false);
  gainedUs = 200_000;
  grantAfter(800_000);
  expect(complaints).toEqual([]);
});

it('measures how long those waited who stood in the queue when the holder ended, and no others', () => {
  end(true);
  grantAfter(30_000, 'lock/x/2', 10);
  end(true);
  grantAfter(70_000, 'lock/x/3', 11);
  expect(handovers.longestUs).toBe(30_000);
});
