import type { Task } from '../../sim/engine/env.ts';
import { bug, classesWith, type PlantedBug } from '../planted.ts';
import type { BugDefinition } from '../protocol.ts';
import type { Lock } from './messages.ts';
import type { Parts } from './node.ts';
import { Oracle } from './oracle.ts';
import { type Clocks, Store } from './store.ts';
import { type End, Transaction } from './transaction.ts';

class RollbackRecordUnprotected extends Store {
  protected override isRolledBack(): boolean {
    // The record has been collapsed into a later one: a late request of the first phase finds nothing.
    return false;
  }
}

class LocksAgainAfterCommit extends Store {
  protected override isCommitted(): boolean {
    return false;
  }
  protected override conflicts(commitTs: number, startTs: number): boolean {
    // Its own version is no conflict.
    return super.conflicts(commitTs, startTs) && !this.#isOwn(commitTs, startTs);
  }
  #isOwn(commitTs: number, startTs: number): boolean {
    return [...this.rows.byName.values()].some(({ versions }) =>
      versions.some((version) => version.commitTs === commitTs && version.startTs === startTs),
    );
  }
  protected override commitTsOf(row: string, startTs: number): number {
    // There is a lock, so there was no commit yet.
    return this.rows.row(row).lock?.startTs === startTs ? 0 : super.commitTsOf(row, startTs);
  }
}

class TimeToLiveByTheAsker extends Store {
  protected override expired({ wallUs }: Lock, { askerWallUs }: Clocks): boolean {
    return askerWallUs - wallUs >= this.config.ttlUs;
  }
}

class ReadsThroughLocks extends Store {
  protected override blocks(): boolean {
    return false;
  }
}

class NoConflicts extends Store {
  protected override conflicts(): boolean {
    return false;
  }
}

class OracleForgets extends Oracle {
  protected override afterRestart(reservedTs: number): number {
    // As many as were reserved are left, it thinks.
    return Math.max(0, reservedTs - 100);
  }
}

class SecondariesFirst extends Transaction {
  protected override *commit(locks: readonly Lock[], commitTs: number): Task<End> {
    for (const lock of locks.slice(1)) yield* this.commitRow(lock, commitTs);
    return yield* super.commit(locks, commitTs);
  }
}

class RollsBackWithoutThePrimary extends Transaction {
  protected override *resolveLock(lock: Lock): Task<boolean> {
    // The lock looks old: it is taken off where it is met.
    return yield* super.resolveLock({ ...lock, primary: lock.row });
  }
}

const planted: readonly PlantedBug<Parts>[] = [
  bug(
    'rollback-record-unprotected',
    'A rollback leaves no record that a late request of the first phase must find: it locks the row again.',
    'TX-B34; tikv/tikv#7364, #16620',
    ['one-outcome', 'resolved-in-the-end', 'conservation'],
    'a delayed request of the first phase, and others that have ended the transaction meanwhile',
    'hard',
    { store: RollbackRecordUnprotected },
    { config: { ttl: '60ms', attemptTimeout: '40ms' } },
  ),
  bug(
    'locks-again-after-commit',
    'A late copy of a request of the first phase locks a row whose transaction is committed.',
    'TX-B35; pingcap/tidb#43540',
    ['one-outcome', 'conservation', 'first-committer-wins'],
    'a duplicate that is late',
    'hard',
    { store: LocksAgainAfterCommit },
    {
      config: { ttl: '60ms', attemptTimeout: '40ms' },
      faults: [
        {
          id: 'late',
          at: '1ms',
          for: '3s',
          kind: 'messages',
          from: 'clients',
          to: 'servers',
          types: ['Prewrite'],
          duplicate: '50%',
          delay: ['0ms', '150ms'],
        },
      ],
    },
  ),
  bug(
    'time-to-live-by-the-asker',
    'Whether a lock is too old is told by two wall clocks: of the client that wrote it, and of the one that asks.',
    'TX-B36; Peng & Dabek 2010, §2.2',
    ['live-lock-kept'],
    'clients whose clocks disagree, and two transactions on one row',
    'medium',
    { store: TimeToLiveByTheAsker },
    { faults: [{ id: 'ahead', at: '1ms', kind: 'clock-step', target: 'c1', by: '5s' }] },
  ),
  bug(
    'reads-through-locks',
    'A reader takes the last version while a transaction that may have committed before it holds the lock.',
    'Peng & Dabek 2010, §2.2: Get waits for locks in [0, start]',
    ['audits-add-up', 'first-committer-wins', 'conservation'],
    'an audit while a transfer commits',
    'easy',
    { store: ReadsThroughLocks },
  ),
  bug(
    'no-conflicts',
    'The first phase does not look for versions that are newer than the snapshot.',
    'Peng & Dabek 2010, §2.2: abort on writes after our start timestamp',
    ['first-committer-wins', 'conservation', 'audits-add-up'],
    'two transactions on one row',
    'easy',
    { store: NoConflicts },
  ),
  bug(
    'oracle-forgets',
    'After a restart the oracle goes on below what it had reserved.',
    'Peng & Dabek 2010, §2.3',
    ['timestamps-grow'],
    'a crash of the oracle',
    'easy',
    { oracle: OracleForgets },
  ),
  bug(
    'secondaries-first',
    'Secondary rows are committed before the primary.',
    'Peng & Dabek 2010, §2.2: commit the primary first',
    ['one-outcome', 'conservation'],
    'a transaction that others end between its rows',
    'medium',
    { transaction: SecondariesFirst },
    { config: { ttl: '60ms', attemptTimeout: '40ms' } },
  ),
  bug(
    'rolls-back-without-the-primary',
    'Whoever meets an old lock decides by that lock, not by the primary.',
    'Peng & Dabek 2010, §2.2: cleanup is performed on the primary',
    ['one-outcome'],
    'a client that dies, or is slow, between its rows',
    'medium',
    { transaction: RollsBackWithoutThePrimary },
    { config: { ttl: '60ms', attemptTimeout: '40ms' } },
  ),
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): Parts {
  const correct: Parts = { oracle: Oracle, store: Store, transaction: Transaction };
  return classesWith('percolator', planted, correct, id);
}
