import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { AppendEntriesReply, InstallSnapshotReply, RaftMessage } from '../messages.ts';
import type { RaftView } from '../observer.ts';
import type { Judge } from './judge.ts';
import type { ShadowDisk } from './shadow-disk.ts';

/** What servers acknowledge, and what leaders make of it. */
export class Promises {
  readonly #judge: Judge;
  readonly #disks: readonly ShadowDisk[];
  /** Per server: the highest match it acknowledged in each term and stretch of membership, by {@link promiseKey}. */
  readonly #acknowledged: Map<number, number>[] = [];
  /** Per leader and member: what the leader last counted. */
  readonly #counted: { term: number; session: number; index: number }[][] = [];
  readonly #highestTermSent: number[] = [];
  readonly #highestTermSeen: number[] = [];

  [INNER_STATE](): unknown {
    return [this.#acknowledged, this.#counted, this.#highestTermSent, this.#highestTermSeen];
  }

  constructor(judge: Judge, disks: readonly ShadowDisk[]) {
    this.#judge = judge;
    this.#disks = disks;
  }

  /** Terms only rise; a message never speaks of a term that its sender has not reached. */
  checkTerm(node: RaftView, message: RaftMessage & { readonly term: number }): void {
    const seen = this.#highestTermSeen[node.id] ?? 0;
    if (node.currentTerm < seen)
      this.#judge.violated(
        'term-monotonic',
        [node.id],
        `${this.#judge.name(node.id)} went back from term ${seen} to term ${node.currentTerm}.`,
        ['terms are a logical clock: they only rise, and survive restarts'],
      );
    this.#highestTermSeen[node.id] = node.currentTerm;
    if (message.type === 'RequestPreVote') return;
    if (message.term > node.currentTerm)
      this.#judge.violated(
        'message-term',
        [node.id],
        `${this.#judge.name(node.id)}, in term ${node.currentTerm}, sent ${message.type} of term ${message.term}.`,
        ['a server speaks only for terms it has reached'],
      );
    if (message.term > (this.#highestTermSent[node.id] ?? 0))
      this.#highestTermSent[node.id] = message.term;
  }

  /** A restart must find at least what the last incarnation promised. */
  restarted(node: RaftView): void {
    this.#highestTermSeen[node.id] = node.currentTerm;
    const disk = this.#disks[node.id]!;
    if (disk.lost) return;
    const name = this.#judge.name(node.id);
    const sent = this.#highestTermSent[node.id] ?? 0;
    if (node.currentTerm < sent)
      this.#judge.violated(
        'term-monotonic',
        [node.id],
        `${name} restarted in term ${node.currentTerm} although it had spoken for term ${sent}.`,
        ['the term must be on disk before any message says it (Raft Figure 2)'],
      );
    const forgotVote =
      node.currentTerm === disk.term && disk.votedFor !== null && node.votedFor !== disk.votedFor;
    if (node.currentTerm < disk.term || forgotVote)
      this.#forgot(node, `term ${disk.term}, vote for ${this.#judge.name(disk.votedFor)}`);
    const last = disk.mustRecover();
    if (last > node.log.compactedIndex && !disk.holds(last, node.log))
      this.#forgot(node, `the log up to index ${last}`);
  }

  #forgot(node: RaftView, what: string): void {
    this.#judge.violated(
      'recovery-is-faithful',
      [node.id],
      `${this.#judge.name(node.id)} restarted without something that was durable: ${what}.`,
      [
        `recovered: term ${node.currentTerm}, vote for ${this.#judge.name(node.votedFor)}, log ${node.log.compactedIndex + 1}..${node.log.lastIndex}`,
      ],
    );
  }

  /** A follower is about to acknowledge entries: all of them must be on its disk. */
  appendAcknowledged(node: RaftView, to: NodeId, reply: AppendEntriesReply): void {
    if (reply.success) this.#acknowledge(node, to, reply, reply.matchIndex);
  }

  snapshotAcknowledged(node: RaftView, to: NodeId, reply: InstallSnapshotReply): void {
    if (reply.installed) this.#acknowledge(node, to, reply, reply.lastIncludedIndex);
  }

  #acknowledge(
    node: RaftView,
    to: NodeId,
    { term, session }: { readonly term: number; readonly session: number },
    index: number,
  ): void {
    const acknowledged = (this.#acknowledged[node.id] ??= new Map<number, number>());
    const key = promiseKey(term, session);
    if (index > (acknowledged.get(key) ?? -1)) acknowledged.set(key, index);
    const disk = this.#disks[node.id]!;
    if (disk.holds(index, node.log)) return;
    this.#judge.violated(
      'promise-after-durable',
      [node.id, to],
      `${this.#judge.name(node.id)} acknowledged index ${index} to ${this.#judge.name(to)} in term ${term} before the entry was on its disk.`,
      [
        `on the disk: the log up to index ${disk.lastIndex}`,
        'the leader may commit the entry, and a power loss then removes it',
      ],
    );
  }

  /** A leader counts `matchIndex` for `peer`: it must have been promised, or be its own and durable. */
  matchAdvanced(node: RaftView, peer: NodeId, matchIndex: number, session: number): void {
    this.#checkRises(node, peer, matchIndex, session);
    const disk = this.#disks[peer];
    if (peer === node.id) {
      if (disk === undefined || disk.holds(matchIndex, node.log)) return;
      this.#judge.violated(
        'promise-after-durable',
        [node.id],
        `${this.#judge.name(node.id)} counted its own copy of index ${matchIndex} before it was on its disk.`,
        [`on the disk: the log up to index ${disk.lastIndex}`],
      );
      return;
    }
    const promised = this.#acknowledged[peer]?.get(promiseKey(node.currentTerm, session)) ?? 0;
    if (matchIndex > promised)
      this.#unsound(
        node,
        peer,
        matchIndex,
        promised === 0
          ? `it acknowledged nothing in term ${node.currentTerm} since it last became a member`
          : `it acknowledged only ${promised} in term ${node.currentTerm} since it last became a member`,
      );
    else this.#checkWithinLog(node, peer, matchIndex);
  }

  /** Within one term and one stretch of membership a match only rises (Raft Figure 2). */
  #checkRises(node: RaftView, peer: NodeId, matchIndex: number, session: number): void {
    const known = ((this.#counted[node.id] ??= [])[peer] ??= { term: 0, session: 0, index: 0 });
    if (known.term !== node.currentTerm || known.session !== session) {
      known.term = node.currentTerm;
      known.session = session;
      known.index = 0;
    }
    if (matchIndex < known.index)
      this.#unsound(node, peer, matchIndex, `it counted ${known.index} for it before`);
    known.index = matchIndex;
  }

  /** What is known to match is never sent again (Raft Figure 2: nextIndex > matchIndex). */
  backtracked(node: RaftView, peer: NodeId, nextIndex: number, matchIndex: number): void {
    if (nextIndex > matchIndex) return;
    this.#judge.violated(
      'progress-is-sound',
      [node.id, peer],
      `${this.#judge.name(node.id)} goes back to index ${nextIndex} for ${this.#judge.name(peer)}, which is known to match up to ${matchIndex}.`,
      ['a late rejection was taken for a new one'],
    );
  }

  #checkWithinLog(node: RaftView, peer: NodeId, matchIndex: number): void {
    if (matchIndex > node.log.lastIndex)
      this.#unsound(node, peer, matchIndex, `the leader's own log ends at ${node.log.lastIndex}`);
  }

  #unsound(node: RaftView, peer: NodeId, matchIndex: number, reason: string): void {
    this.#judge.violated(
      'progress-is-sound',
      [node.id, peer],
      `${this.#judge.name(node.id)} counts ${this.#judge.name(peer)} as holding index ${matchIndex} of term ${node.currentTerm}, which it never promised.`,
      [reason],
    );
  }
}

/** Terms and stretches of membership are small numbers. */
function promiseKey(term: number, session: number): number {
  return term * 0x1_0000 + session;
}
