import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { QueueOrder } from '../../../src/protocols/zookeeper/queue-order.ts';
import {
  areOne,
  blockerOf,
  inOrder,
  sequenceOf,
} from '../../../src/protocols/zookeeper/queue-rules.ts';
import type { Txn } from '../../../src/protocols/zookeeper/txn.ts';
import { sequenceSuffix } from '../../../src/protocols/zookeeper/paths.ts';
import { ZnodeTree } from '../../../src/protocols/zookeeper/znode-tree.ts';

const WRITER = 'a-writ-0000000001';
const OWN_READER = 'b-read-0000000001';
const NEXT_WRITER = 'c-writ-0000000002';
const NEXT_READER = 'd-read-0000000003';
const QUEUE = [WRITER, OWN_READER, NEXT_WRITER, NEXT_READER];

/** Whom each of them waits for. */
const blockers = (queue: readonly string[]): readonly (string | null)[] =>
  queue.map((_, place) => blockerOf(queue, place));

describe('the queue of a read-write lock', () => {
  it('puts a reader that bears the number of a writer right behind that writer', () => {
    expect(inOrder([NEXT_READER, OWN_READER, NEXT_WRITER, WRITER])).toEqual(QUEUE);
    expect(areOne(WRITER, OWN_READER)).toBe(true);
    expect(areOne(OWN_READER, NEXT_WRITER)).toBe(false);
  });

  it('lets a reader hold beside its own writer, and behind nobody else', () => {
    expect(blockers(QUEUE)).toEqual([null, null, OWN_READER, NEXT_WRITER]);
    expect(blockers([NEXT_WRITER, WRITER, OWN_READER])).toEqual([null, NEXT_WRITER, NEXT_WRITER]);
  });

  it('keeps the next writer waiting when the writer is gone and its reader is not', () => {
    expect(blockers(QUEUE.slice(1))).toEqual([null, OWN_READER, NEXT_WRITER]);
  });
});

describe('the number of a node', () => {
  it('is the one that the server put at the end of its name, whatever its sign', () => {
    const kind = fc.constantFrom('lock', 'read', 'writ', 'leas');
    fc.assert(
      fc.property(fc.maxSafeNat(), kind, fc.integer(), (random, word, sequence) => {
        expect(sequenceOf(`${random}-${word}-${sequenceSuffix(sequence)}`)).toBe(sequence);
      }),
      {
        examples: [-0x8000_0000, -999_999_999, -1_000_000_000, -1, 0, 0x7fff_ffff].map((at) => [
          0,
          'lock',
          at,
        ]),
      },
    );
  });
});

describe("the judge's order of the queue", () => {
  const folder = '/lock/x';

  /** A tree and an order that both hear of every transaction; zxids count from 1. */
  function log() {
    const tree = new ZnodeTree();
    const order = new QueueOrder();
    let zxid = 0;
    const commit = (txn: Txn): void => {
      zxid += 1;
      if (txn.op === 'create') order.creating(txn, zxid, tree);
      tree.applyAt(txn, { zxid, timeMs: 0 });
    };
    const node = (session: number, path: string, sequential = true): void => {
      commit({
        op: 'create',
        session,
        path,
        ephemeral: path !== '/lock' && path !== folder,
        sequential,
        data: null,
      });
    };
    commit({ op: 'createSession', timeoutUs: 1_000_000 });
    commit({ op: 'createSession', timeoutUs: 1_000_000 });
    node(1, '/lock', false);
    node(1, folder, false);
    return { node, commit, queue: () => order.of(tree, folder) };
  }

  it('places a reader that goes on from a writer of its own session with the writer, also when that is gone', () => {
    const { node, commit, queue } = log();
    node(1, `${folder}/a-writ-`);
    node(2, `${folder}/b-writ-`);
    node(1, `${folder}/c-read-0000000000`, false);
    expect(queue()).toEqual(['a-writ-0000000000', 'c-read-0000000000', 'b-writ-0000000001']);
    commit({ op: 'delete', session: 1, path: `${folder}/a-writ-0000000000`, version: -1 });
    expect(queue()).toEqual(['c-read-0000000000', 'b-writ-0000000001']);
  });

  it("gives nobody a better place for the number of another's writer", () => {
    const { node, queue } = log();
    node(1, `${folder}/a-writ-`);
    node(1, `${folder}/b-writ-`);
    node(2, `${folder}/c-read-0000000000`, false);
    expect(queue().at(-1)).toBe('c-read-0000000000');
  });
});
