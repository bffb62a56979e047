import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { Entry } from '../entry.ts';
import { describeMembership, isVoter, sameMembership, voterDistance } from '../membership.ts';
import type { Membership } from '../membership.ts';
import type { RaftView } from '../observer.ts';
import type { Judge } from './judge.ts';

interface At {
  readonly index: number;
  readonly membership: Membership;
}

/** Memberships in the logs: which is in force, and which may follow which (Raft §6, dissertation §4). */
export class Memberships {
  readonly #judge: Judge;
  readonly #initial: Membership;
  /** Per server: the memberships in its log, oldest first. */
  readonly #logs: At[][] = [];

  [INNER_STATE](): unknown {
    return [this.#logs];
  }

  constructor(judge: Judge, initial: Membership) {
    this.#judge = judge;
    this.#initial = initial;
  }

  /** Rebuilt from what the server found on its disk, or was sent. */
  reset(node: RaftView, base: Membership | null): void {
    const log: At[] = [{ index: node.log.compactedIndex, membership: base ?? this.#initial }];
    for (let index = node.log.compactedIndex + 1; index <= node.log.lastIndex; index += 1) {
      const membership = node.log.at(index)?.membership ?? null;
      if (membership !== null) log.push({ index, membership });
    }
    this.#logs[node.id] = log;
    this.checkInForce(node);
  }

  appended(node: RaftView, entry: Entry): void {
    if (entry.membership === null) return;
    const log = this.#logs[node.id];
    if (log === undefined) return;
    const before = log[log.length - 1]!;
    log.push({ index: entry.index, membership: entry.membership });
    this.checkInForce(node);
    if (node.role === 'leader' && entry.term === node.currentTerm)
      this.#checkProposal(node, before, entry);
  }

  truncating(node: RaftView, fromIndex: number): void {
    const log = this.#logs[node.id];
    while (log !== undefined && log.length > 1 && log[log.length - 1]!.index >= fromIndex)
      log.pop();
  }

  /** "A server always uses the latest configuration in its log" (Raft §6). */
  checkInForce(node: RaftView): void {
    const log = this.#logs[node.id];
    const latest = log?.[log.length - 1];
    if (latest === undefined || sameMembership(latest.membership, node.membership)) return;
    this.#judge.violated(
      'latest-membership-in-force',
      [node.id],
      `${this.#judge.name(node.id)} acts on the membership ${this.#words(node.membership)}, but the latest in its log, at index ${latest.index}, is ${this.#words(latest.membership)}.`,
      ['a membership is in force as soon as it is in the log, committed or not'],
    );
  }

  /** A leader that is no voter of the committed membership has resigned (Raft §6). */
  leaderSpoke(node: RaftView): void {
    if (isVoter(node.membership, node.id)) return;
    const log = this.#logs[node.id];
    const latest = log?.[log.length - 1];
    if (latest === undefined || latest.index > node.lastApplied) return;
    this.#judge.violated(
      'removed-leader-resigns',
      [node.id],
      `${this.#judge.name(node.id)} still leads term ${node.currentTerm}, although the committed membership ${this.#words(latest.membership)} leaves it out.`,
      [`that membership stands at index ${latest.index}; it has applied up to ${node.lastApplied}`],
    );
  }

  #checkProposal(node: RaftView, before: At, entry: Entry): void {
    const after = entry.membership!;
    const reasons: string[] = [];
    if (before.index > node.commitIndex)
      reasons.push(`the change before it, at index ${before.index}, is not committed yet`);
    if (node.log.termAt(node.commitIndex) !== node.currentTerm)
      reasons.push(`no entry of term ${node.currentTerm} is committed yet`);
    if (!this.#legalStep(before.membership, after))
      reasons.push('old and new majorities need not overlap, and there is no joint phase between');
    for (const id of after.voters)
      if (!isVoter(before.membership, id) && this.#lags(node, id))
        reasons.push(
          `${this.#judge.name(id)} becomes a voter without the log (dissertation §4.2.1)`,
        );
    if (reasons.length === 0) return;
    this.#judge.violated(
      'membership-change-rules',
      [node.id],
      `${this.#judge.name(node.id)}, leader of term ${node.currentTerm}, changed the membership from ${this.#words(before.membership)} to ${this.#words(after)} at index ${entry.index} when it must not.`,
      reasons,
    );
  }

  /** A voter that cannot acknowledge yet may be what a majority needs. */
  #lags(node: RaftView, id: number): boolean {
    return (node.progress[id]?.matchIndex ?? 0) < node.commitIndex;
  }

  #legalStep(before: Membership, after: Membership): boolean {
    if (before.outgoing !== null)
      return after.outgoing === null && voterDistance(before.voters, after.voters) === 0;
    if (after.outgoing !== null) return voterDistance(before.voters, after.outgoing) === 0;
    return voterDistance(before.voters, after.voters) <= 1;
  }

  #words(membership: Membership): string {
    return describeMembership(membership, (id) => this.#judge.name(id));
  }
}
