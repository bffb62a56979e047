import type { Entry } from '../entry.ts';
import { Terms } from './terms.ts';

/** Changes to the log: in memory, on disk, and in the membership that follows from it. */
export abstract class LogWriter extends Terms {
  /** Adds an entry at the log's end. */
  protected appendEntry(entry: Entry): void {
    const prevTerm = this.log.lastTerm;
    this.log.append(entry);
    this.store.append(entry);
    this.writes += 1;
    if (entry.membership !== null) this.activateMembership(entry);
    this.observer?.appended(this, entry, prevTerm);
  }

  /** Removes the entries from `index` on. */
  protected truncateLog(index: number): void {
    this.observer?.truncating(this, index);
    this.log.truncateFrom(index);
    this.store.truncateFrom(index);
    this.writes += 1;
    this.forgetDurable(index);
    this.rollBackMembership(index);
  }

  /** "A server always uses the latest configuration in its log, regardless of whether it is committed" (Raft §6). */
  protected activateMembership(entry: Entry): void {
    this.memberships.push({ index: entry.index, membership: entry.membership! });
    this.adoptLatestMembership();
    this.membershipChanged();
  }

  /** A membership whose entry is gone was never in force: back to the one before (Raft §6). */
  protected rollBackMembership(fromIndex: number): void {
    const before = this.memberships.length;
    while (this.memberships[this.memberships.length - 1]!.index >= fromIndex) this.memberships.pop();
    if (this.memberships.length === before) return;
    this.adoptLatestMembership();
    this.membershipChanged();
  }

  /** True when the log's last membership entry is not known to be committed. */
  protected membershipPending(): boolean {
    return this.memberships[this.memberships.length - 1]!.index > this.commitIndex;
  }
}
