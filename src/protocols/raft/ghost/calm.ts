import type { NodeId } from '../../../sim/engine/env.ts';
import type { RaftConfig } from '../config.ts';
import { isMember } from '../membership.ts';
import type { RaftMessage } from '../messages.ts';
import type { RaftView } from '../observer.ts';
import type { Cluster } from './cluster.ts';
import type { Judge } from './judge.ts';

/** So many transfers in a row may come to nothing on a healed network. */
const VAIN_TRANSFERS = 8;

/** Who leads when no fault is active: it stays when nobody asks for a change, and makes way when somebody does. */
export class Calm {
  readonly #judge: Judge;
  readonly #config: RaftConfig;
  readonly #cluster: Cluster;
  /** In the idle phase: the term in which nothing should change any more; null outside it. */
  #settledTerm: number | null = null;
  /** Servers outside the membership that moved on to later terms in the idle phase. */
  readonly #outsiders = new Set<NodeId>();
  /** The last handover that is not decided. */
  #transfer: { readonly term: number; readonly target: NodeId } | null = null;
  #vainTransfers = 0;

  constructor(judge: Judge, config: RaftConfig, cluster: Cluster) {
    this.#judge = judge;
    this.#config = config;
    this.#cluster = cluster;
  }

  /** Nothing is asked any more: the leader of now stays. */
  idle(): void {
    const leader = this.#cluster.leader();
    if (leader === null) return;
    this.#settledTerm = leader.currentTerm;
    for (const node of this.#cluster.running)
      if (node !== undefined && node.currentTerm > leader.currentTerm) this.#outsiders.add(node.id);
  }

  sending(node: RaftView, message: RaftMessage): void {
    if (this.#settledTerm !== null) this.#checkTerm(node, message, this.#settledTerm);
  }

  /** While the leader of the settled term leads, no member has a reason to move to a later one. */
  #checkTerm(node: RaftView, message: RaftMessage, settledTerm: number): void {
    if (node.currentTerm <= settledTerm) return;
    const before = this.#cluster.running.find((one) => one?.role === 'leader' && !one.inert);
    const handedOver = message.type === 'RequestVote' && message.leadershipTransfer;
    if (before === undefined || before.currentTerm > settledTerm || handedOver) {
      // It resigned, or told its successor to campaign: what follows is the next term to stay.
      this.#settledTerm = node.currentTerm;
      return;
    }
    // One that was just added again, and has not been reached yet, is still outside.
    const reached = (before.progress[node.id]?.matchIndex ?? 0) > 0;
    if (!isMember(before.membership, node.id) || !reached) {
      // A removed server disturbs a cluster that nothing protects (dissertation §4.2.3): known, and not judged.
      if (!this.#protected()) this.#settledTerm = null;
      this.#outsiders.add(node.id);
      return;
    }
    if (this.#outsiders.delete(node.id)) {
      // Added again it brings the term it ran up to outside: one election, or it could never follow (etcd#8501).
      this.#settledTerm = node.currentTerm;
      return;
    }
    this.#settledTerm = null;
    this.#judge.violated(
      'terms-settle',
      [node.id, before.id],
      `${this.#judge.name(node.id)} moved to term ${node.currentTerm} although ${this.#judge.name(before.id)} leads term ${settledTerm}, no fault is active and nobody asked for a change.`,
      this.#cluster.states(),
    );
  }

  /** The switches that keep a server from deposing a leader which the others hear. */
  #protected(): boolean {
    const { preVote, stickyLeader, checkQuorum } = this.#config;
    return preVote || (stickyLeader && checkQuorum);
  }

  /** A leader tells its successor to campaign. */
  transferBegun({ currentTerm }: RaftView, to: NodeId): void {
    if (this.#transfer !== null) this.#inVain();
    this.#transfer = { term: currentTerm, target: to };
  }

  becameLeader(node: RaftView): void {
    const transfer = this.#transfer;
    if (transfer === null || node.currentTerm <= transfer.term) return;
    this.#transfer = null;
    if (node.id === transfer.target) this.#vainTransfers = 0;
    else this.#inVain();
  }

  /** The leader still leads, or somebody else does. */
  #inVain(): void {
    this.#vainTransfers += 1;
    if (this.#vainTransfers < VAIN_TRANSFERS) return;
    this.#judge.violated(
      'handovers-succeed',
      [],
      `${VAIN_TRANSFERS} times in a row, on a healed network, a server that was told to campaign has not become the next leader.`,
      this.#cluster.states(),
    );
  }
}
