import type { Message, NodeId } from '../../sim/engine/env.ts';
import {
  CommitMonitor,
  type CoordinatorRecord,
  type Decision,
  type Ghost,
  type Outcome,
  type Prepare,
} from '../commit/index.ts';
import type { ReportViolation } from '../protocol.ts';
import { groupSize, type PaxosConfig } from './config.ts';
import type { PaxosMessage } from './messages.ts';

/** Judges what two-phase commit's monitor judges; a decision is what F+1 acceptors have on disk at one ballot. */
export class PaxosMonitor extends CommitMonitor {
  readonly #group: ReadonlySet<NodeId>;
  readonly #quorum: number;
  /** Transactions whose votes were asked for. */
  readonly #asked = new Set<string>();
  readonly #accepted = new Map<string, Set<NodeId>>();

  constructor(
    servers: readonly NodeId[],
    config: PaxosConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    super(servers, config, nameOf, report, nowUs);
    this.#group = new Set(servers.slice(0, groupSize(config)));
    this.#quorum = config.faults + 1;
  }

  protected override coordinatorRecordDurable(node: NodeId, record: CoordinatorRecord): void {
    if (record.kind !== 'accepted') return;
    const { gid, ballot, votes } = record;
    const key = `${gid} ${ballot}`;
    const nodes = this.#accepted.get(key) ?? new Set();
    this.#accepted.set(key, nodes.add(node));
    if (nodes.size === this.#quorum)
      this.decision(gid, votes.some(([, vote]) => vote === 'no') ? 'abort' : 'commit');
  }

  protected override isParticipant(node: NodeId): boolean {
    return !this.#group.has(node);
  }

  override decided(node: NodeId, gid: string, outcome: Outcome, reason: string): void {
    const ghost = this.ghosts.get(gid);
    if (ghost === undefined || outcome === 'commit' || !this.#asked.has(gid))
      super.decided(node, gid, outcome, reason);
    else if ([...ghost.votes.values()].includes('no')) this.decision(gid, 'abort');
    else this.#mustBeChosen(node, ghost, 'abort');
  }

  override sending(from: NodeId, to: NodeId, message: Message): void {
    super.sending(from, to, message);
    const said = message as PaxosMessage | Prepare;
    if (said.type === 'Prepare') this.#asked.add(said.gid);
    else if (said.type === 'Phase1b')
      this.talk.mustBeDurable(from, { ...said, gid: `${said.gid}:${said.ballot}` }, ['promised']);
    else if (said.type === 'Accepted')
      this.talk.mustBeDurable(from, { ...said, gid: `${said.gid}:${said.ballot}` }, ['accepted']);
  }

  /** What a member tells is chosen, or follows from a no. */
  protected override decisionBacked(from: NodeId, { gid, outcome }: Decision): void {
    const ghost = this.ghosts.get(gid);
    if (ghost !== undefined) this.#mustBeChosen(from, ghost, outcome);
  }

  #mustBeChosen(node: NodeId, { gid, decision }: Ghost, outcome: Outcome): void {
    if (decision === outcome) return;
    this.judge.violated(
      'chosen-before-told',
      [node],
      `${this.judge.name(node)} ends ${gid} with ${outcome}, and no ${this.#quorum} acceptors have that on disk at one ballot.`,
    );
  }
}
