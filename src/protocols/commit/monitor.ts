import type { Message, NodeId } from '../../sim/engine/env.ts';
import { Judge } from '../judge.ts';
import type { Figure, InvariantViolation, ReportViolation } from '../protocol.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { Change } from '../bank.ts';
import type { CommitConfig } from './config.ts';
import { CostMeter } from './cost-meter.ts';
import { type Ghost, newGhost } from './ghost.ts';
import { Ledger } from './ledger.ts';
import { LockRules } from './lock-rules.ts';
import type { Ack, CommitMessage, Decision, OnePhase, Prepare, Vote } from './messages.ts';
import type { CommitObserver } from './observer.ts';
import { OutcomeRules } from './outcome-rules.ts';
import type { CoordinatorRecord, ParticipantRecord } from './records.ts';
import type { ResourceManager } from './resource-manager.ts';
import { TalkRules } from './talk-rules.ts';
import { isNameFrom } from './transaction-name.ts';
import { type Outcome, XA } from './xa.ts';

export type CommitLog = ShadowLog<CoordinatorRecord> | ShadowLog<ParticipantRecord>;

/**
 * Judges the invariants at every event, from what the nodes say and do. O(1) or O(managers) each. What another protocol
 * of the family sees differently is a protected method.
 */
export class CommitMonitor implements CommitObserver {
  readonly metrics = new CostMeter();
  readonly logs = new Map<NodeId, CommitLog>();
  protected readonly config: CommitConfig;
  protected readonly judge: Judge;
  protected readonly ghosts = new Map<string, Ghost>();
  protected readonly outcomes: OutcomeRules;
  readonly #coordinators: readonly NodeId[];
  readonly #nameOf: (id: NodeId) => string;
  readonly #nowUs: () => number;
  /** Decisions that are still being repeated, by coordinator. */
  readonly #unended = new Map<NodeId, Set<string>>();
  readonly #ledger: Ledger;
  readonly #locks: LockRules;
  protected readonly talk: TalkRules;

  constructor(
    servers: readonly NodeId[],
    config: CommitConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.#coordinators = servers.slice(0, config.coordinators);
    this.#nameOf = nameOf;
    this.config = config;
    this.judge = new Judge(report, nameOf);
    this.#nowUs = nowUs;
    this.#ledger = new Ledger(config, this.judge);
    this.outcomes = new OutcomeRules((gid) => this.#coordinatorOf(gid), this.judge, this.#ledger);
    this.#locks = new LockRules(this.judge);
    this.talk = new TalkRules(this.judge, this.logs);
  }

  coordinatorLog(node: NodeId): ShadowLog<CoordinatorRecord> {
    const known = this.logs.get(node) as ShadowLog<CoordinatorRecord> | undefined;
    if (known !== undefined) return known;
    const log = new ShadowLog<CoordinatorRecord>(nameOfRecord, {
      onAppended: (record) => {
        this.#noteUnended(node, record);
        if (record.kind === 'end') this.talk.forgets(node, record.gid, this.ghosts);
      },
      onDurable: (record) => {
        this.coordinatorRecordDurable(node, record);
      },
      onRecovered: (records) => {
        this.#unended.delete(node);
        for (const record of records) this.#noteUnended(node, record);
        this.coordinatorRecovered(node);
      },
    });
    this.logs.set(node, log);
    return log;
  }

  /** A decision that must be acknowledged is repeated until it has an end record. */
  #noteUnended(node: NodeId, { kind, gid }: CoordinatorRecord): void {
    const unended = this.#unended.get(node) ?? new Set();
    this.#unended.set(node, unended);
    if (kind === 'end') unended.delete(gid);
    else if ((kind === 'commit' || kind === 'abort') && kind !== this.config.presume)
      unended.add(gid);
  }

  /** Who began the transaction: its name says it. */
  #coordinatorOf(gid: string): NodeId {
    const [first] = this.#coordinators as [NodeId];
    return this.#coordinators.find((node) => isNameFrom(this.#nameOf(node), gid)) ?? first;
  }

  /** The commit record on disk is the decision. */
  protected coordinatorRecordDurable(_node: NodeId, { kind, gid }: CoordinatorRecord): void {
    if (kind === 'commit') this.decision(gid, 'commit');
  }

  /** What it had not decided, nobody will decide any more but by presumption. */
  protected coordinatorRecovered(node: NodeId): void {
    for (const ghost of this.ghosts.values())
      ghost.orphaned ||= ghost.decision === null && this.#coordinatorOf(ghost.gid) === node;
  }

  participantLog(node: NodeId): ShadowLog<ParticipantRecord> {
    const known = this.logs.get(node) as ShadowLog<ParticipantRecord> | undefined;
    if (known !== undefined) return known;
    this.#locks.reread(node, []);
    const log = new ShadowLog<ParticipantRecord>(({ kind, gid }) => `${kind}:${gid}`, {
      onAppended: (record) => {
        this.#locks.logged(node, record);
        if (record.kind === 'forget') this.talk.forgetsHeuristic(node, this.ghosts.get(record.gid));
      },
      onDurable: ({ kind, gid }) => {
        if (kind === 'onePhase') this.#committedInOnePhase(node, gid);
      },
      onRecovered: (records) => {
        this.#locks.reread(node, records);
      },
    });
    this.logs.set(node, log);
    return log;
  }

  /** That commit is the decision, and the vote. */
  #committedInOnePhase(node: NodeId, gid: string): void {
    this.ghosts.get(gid)?.votes.set(node, 'readOnly');
    this.decision(gid, 'commit');
  }

  began(gid: string, request: string, work: ReadonlyMap<NodeId, readonly Change[]>): void {
    this.#ledger.began(work);
    if (this.ghosts.has(gid))
      this.judge.violated(
        'unique-names',
        [this.#coordinatorOf(gid)],
        `a second transaction is called ${gid}.`,
        ['Messages, records and prepared branches of the first may still be about.'],
      );
    this.ghosts.set(gid, newGhost(gid, request, work));
  }

  decided(node: NodeId, gid: string, outcome: Outcome, reason: string): void {
    const ghost = this.ghosts.get(gid);
    if (ghost === undefined || reason.startsWith('one phase')) return;
    if (outcome === 'abort') {
      this.decision(gid, 'abort');
      return;
    }
    this.outcomes.commitNeedsVotes(node, ghost);
    // With nothing to write there is nothing to log.
    if (![...ghost.votes.values()].includes('yes')) this.decision(gid, 'commit');
  }

  protected decision(gid: string, outcome: Outcome): void {
    const ghost = this.ghosts.get(gid);
    if (ghost === undefined) return;
    if (ghost.decision === null && outcome === 'commit') this.metrics.committed += 1;
    this.outcomes.decided(ghost, outcome);
  }

  resolved(node: NodeId, gid: string, outcome: Outcome, heuristic: boolean): void {
    this.#locks.ended(node, gid);
    this.metrics.doubt.end(`${node} ${gid}`, this.#nowUs());
    const ghost = this.ghosts.get(gid);
    if (ghost === undefined) return;
    if (heuristic) {
      this.metrics.heuristics += 1;
      this.outcomes.endedAlone(ghost, node, outcome);
      return;
    }
    if (ghost.votes.get(node) === 'yes' && ghost.told.get(node)?.has(outcome) !== true)
      this.endedUntold(ghost, node, outcome);
    this.outcomes.ended(ghost, node, outcome);
  }

  /** Who has voted yes may not decide. */
  protected endedUntold({ gid }: Ghost, node: NodeId, outcome: Outcome): void {
    this.judge.violated(
      'promise-kept',
      [node],
      `${this.judge.name(node)} voted yes to ${gid} and ended it with ${outcome}, which nobody had told it.`,
    );
  }

  applied(node: NodeId, gid: string): void {
    this.metrics.released(node, gid, this.#nowUs());
    this.#ledger.applied(node, gid);
  }

  recovered(node: NodeId, manager: ResourceManager): void {
    this.#locks.recovered(node, manager);
    this.#ledger.recovered(node, manager);
  }

  asked(node: NodeId, row: string, owner: string, holder: string | null): void {
    if (holder !== null && this.#locks.isPrepared(node, holder))
      this.metrics.waits(node, row, owner, this.#nowUs());
  }

  locked(node: NodeId, row: string, owner: string): void {
    this.metrics.granted(node, row, owner, this.#nowUs());
    this.#locks.granted(node, row, owner);
  }

  sending(from: NodeId, to: NodeId, message: Message): void {
    this.metrics.sent(message.type);
    const said = message as CommitMessage;
    const { type } = said;
    if (type === 'Vote') this.#vote(from, said);
    else if (type === 'Prepare') this.#asksForVote(from, to, said);
    else if (type === 'OnePhase' && (this.ghosts.get(said.gid)?.work.size ?? 0) > 1)
      this.#asksLast(from, said);
    else if (type === 'Decision') this.#tells(from, to, said);
    else if (type === 'Ack') this.#acknowledges(from, said);
    else if (type === 'BeginReply' && said.outcome === 'commit') this.#audited(from, said.amounts);
  }

  #asksForVote(from: NodeId, to: NodeId, message: Prepare): void {
    if (this.config.presume === 'commit') this.talk.mustBeDurable(from, message, ['collecting']);
    const ghost = this.ghosts.get(message.gid);
    if (ghost !== undefined) this.talk.asksInTime(from, to, ghost);
  }

  /** The last resource decides for all: whoever restarts must know that it was asked. */
  #asksLast(from: NodeId, message: OnePhase): void {
    if (this.config.lastResource) this.talk.mustBeDurable(from, message, ['lastResource']);
  }

  #audited(from: NodeId, amounts: Readonly<Record<string, number>>): void {
    if (Object.keys(amounts).length === 0) return;
    this.metrics.audits += 1;
    this.#ledger.audited(from, amounts);
  }

  #vote(from: NodeId, message: Vote): void {
    const ghost = this.ghosts.get(message.gid);
    if (message.vote === 'yes') {
      this.talk.mustBeDurable(from, message, ['prepared']);
      this.talk.promisesInTime(from, message.gid);
      this.metrics.doubt.begin(`${from} ${message.gid}`, this.#nowUs());
      // Work that came again after the branch had been given up: only now there is a promise.
      if (ghost?.ends.get(from)?.promised === false) ghost.ends.delete(from);
    }
    if (ghost !== undefined && !ghost.votes.has(from)) ghost.votes.set(from, message.vote);
  }

  #tells(from: NodeId, to: NodeId, message: Decision): void {
    const { gid, outcome, presumed } = message;
    const ghost = this.ghosts.get(gid);
    if (presumed) this.#presumes(from, to, gid, outcome);
    else if (this.isParticipant(from))
      this.talk.mustBeDurable(from, message, [outcome, 'heuristic', 'onePhase']);
    else this.decisionBacked(from, message);
    if (ghost === undefined) return;
    const told = ghost.told.get(to) ?? new Set();
    told.add(outcome);
    ghost.told.set(to, told);
  }

  protected isParticipant(node: NodeId): boolean {
    return !this.#coordinators.includes(node);
  }

  /** A coordinator tells what its own disk says, except what everybody presumes. */
  protected decisionBacked(from: NodeId, message: Decision): void {
    if (message.outcome === 'commit' || (message.ack && this.config.presume === 'nothing'))
      this.talk.mustBeDurable(from, message, [message.outcome]);
  }

  #presumes(from: NodeId, to: NodeId, gid: string, outcome: Outcome): void {
    const ghost = this.ghosts.get(gid);
    if (ghost === undefined) return;
    if (ghost.decision === null && ghost.orphaned && outcome === 'abort')
      this.decision(gid, 'abort');
    // A late copy of a question that is settled gets a wrong answer and cannot act on it.
    else this.talk.presumes(from, to, ghost, outcome, this.#locks.isPrepared(to, gid));
  }

  #acknowledges(from: NodeId, message: Ack): void {
    const { gid, outcome, code } = message;
    if (code === XA.HEURCOM || code === XA.HEURRB) {
      this.talk.mustBeDurable(from, message, ['heuristic']);
      this.ghosts.get(gid)?.reported.add(from);
    } else if (code === XA.OK && this.ghosts.get(gid)?.heuristics.has(from) === true)
      this.judge.violated(
        'heuristics-reported',
        [from],
        `${this.judge.name(from)} acknowledges ${gid} as told, and had ended it alone.`,
      );
    else if (code === XA.OK)
      this.talk.mustBeDurable(from, message, [outcome, 'onePhase', 'forget']);
  }

  /** Prepared branches that wait for their decision, and decisions that are still being repeated. */
  unfinished(): readonly InvariantViolation[] {
    const doubts = [...this.#locks.prepared].flatMap(([node, branches]) =>
      branches.size === 0
        ? []
        : [this.#lasting(node, `is still in doubt about ${[...branches.keys()].join(', ')}`)],
    );
    const open = [...this.#unended].flatMap(([node, gids]) =>
      gids.size === 0
        ? []
        : [this.#lasting(node, `still repeats its decision of ${[...gids].join(', ')}`)],
    );
    return [...doubts, ...open];
  }

  #lasting(node: NodeId, what: string): InvariantViolation {
    const sentence = `${this.judge.name(node)} ${what}.`;
    return { invariant: 'termination', sentence, because: [], nodes: [node] };
  }

  figures(): readonly Figure[] {
    const forces = [...this.logs.values()].reduce((sum, log) => sum + log.forces, 0);
    return this.metrics.figures(forces);
  }
}

/** `commit:g`; of an acceptor also the ballot: `accepted:g:3`. */
function nameOfRecord(record: CoordinatorRecord): string {
  const name = `${record.kind}:${record.gid}`;
  return 'ballot' in record ? `${name}:${record.ballot}` : name;
}
