import type { NodeId } from '../../sim/engine/env.ts';
import { Judge } from '../judge.ts';
import type { InvariantViolation, ReportViolation } from '../protocol.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { Change } from '../bank.ts';
import type { CommitConfig } from './config.ts';
import { Ledger } from './ledger.ts';
import type { Ack, CommitMessage, Decision, Vote } from './messages.ts';
import type { CommitObserver } from './observer.ts';
import type { CoordinatorRecord, ParticipantRecord } from './records.ts';
import type { ResourceManager } from './resource-manager.ts';
import { type Outcome, XA } from './xa.ts';

interface Ghost {
  readonly gid: string;
  readonly request: string;
  readonly work: ReadonlyMap<NodeId, readonly Change[]>;
  decision: Outcome | null;
  /** Its coordinator has crashed before it decided. */
  orphaned: boolean;
  readonly votes: Map<NodeId, Vote['vote']>;
  readonly told: Map<NodeId, Set<Outcome>>;
  readonly ends: Map<NodeId, { readonly outcome: Outcome; readonly promised: boolean }>;
  readonly heuristics: Map<NodeId, Outcome>;
  readonly reported: Set<NodeId>;
}

/** What a run cost and how long promises bound. Times in µs. */
export interface CommitMetrics {
  readonly messages: Map<string, number>;
  inDoubtMaxUs: number;
  inDoubtTotalUs: number;
  /** Alerts are marks; heuristic ends are counted here. */
  heuristics: number;
}

/** Judges the invariants at every event, from what the nodes say and do. O(1) or O(managers) each. */
export class CommitMonitor implements CommitObserver {
  readonly metrics: CommitMetrics = {
    messages: new Map(),
    inDoubtMaxUs: 0,
    inDoubtTotalUs: 0,
    heuristics: 0,
  };
  readonly logs = new Map<NodeId, ShadowLog<CoordinatorRecord> | ShadowLog<ParticipantRecord>>();
  readonly #coordinator: NodeId;
  readonly #config: CommitConfig;
  readonly #judge: Judge;
  readonly #nowUs: () => number;
  readonly #ledger: Ledger;
  readonly #ghosts = new Map<string, Ghost>();
  readonly #byRequest = new Map<string, string>();
  /** Rows of prepared branches, by manager and transaction. */
  readonly #prepared = new Map<NodeId, Map<string, readonly string[]>>();
  readonly #promisedUs = new Map<string, number>();

  constructor(
    servers: readonly NodeId[],
    config: CommitConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.#coordinator = servers[0]!;
    this.#config = config;
    this.#judge = new Judge(report, nameOf);
    this.#nowUs = nowUs;
    this.#ledger = new Ledger(config, this.#judge);
  }

  coordinatorLog(node: NodeId): ShadowLog<CoordinatorRecord> {
    const known = this.logs.get(node) as ShadowLog<CoordinatorRecord> | undefined;
    if (known !== undefined) return known;
    const log = new ShadowLog<CoordinatorRecord>(({ kind, gid }) => `${kind}:${gid}`, {
      onAppended: (record) => {
        if (record.kind === 'end') this.#forgotten(node, record.gid);
      },
      onDurable: ({ kind, gid }) => {
        if (kind === 'commit') this.#decision(gid, 'commit');
      },
      onRecovered: () => {
        for (const ghost of this.#ghosts.values()) ghost.orphaned ||= ghost.decision === null;
      },
    });
    this.logs.set(node, log);
    return log;
  }

  participantLog(node: NodeId): ShadowLog<ParticipantRecord> {
    const known = this.logs.get(node) as ShadowLog<ParticipantRecord> | undefined;
    if (known !== undefined) return known;
    const prepared = new Map<string, readonly string[]>();
    this.#prepared.set(node, prepared);
    const note = (record: ParticipantRecord): void => {
      if (record.kind === 'prepared') prepared.set(record.gid, record.rows);
      else prepared.delete(record.gid);
    };
    const log = new ShadowLog<ParticipantRecord>(({ kind, gid }) => `${kind}:${gid}`, {
      onAppended: (record) => {
        note(record);
        if (record.kind === 'forget') this.#branchForgotten(node, record.gid);
      },
      onDurable: ({ kind, gid }) => {
        if (kind === 'onePhase') this.#decision(gid, 'commit');
      },
      onRecovered: (records) => {
        prepared.clear();
        for (const record of records) note(record);
      },
    });
    this.logs.set(node, log);
    return log;
  }

  began(gid: string, request: string, work: ReadonlyMap<NodeId, readonly Change[]>): void {
    this.#ledger.began(work);
    this.#ghosts.set(gid, {
      gid,
      request,
      work,
      decision: null,
      orphaned: false,
      votes: new Map(),
      told: new Map(),
      ends: new Map(),
      heuristics: new Map(),
      reported: new Set(),
    });
  }

  decided(node: NodeId, gid: string, outcome: Outcome, reason: string): void {
    const ghost = this.#ghosts.get(gid);
    if (ghost === undefined) return;
    if (reason.startsWith('one phase')) return;
    const votes = [...ghost.votes].map(([id, vote]) => `${this.#judge.name(id)} voted ${vote}.`);
    if (outcome === 'abort') {
      this.#decision(gid, 'abort');
      return;
    }
    const missing = [...ghost.work.keys()].filter((id) => (ghost.votes.get(id) ?? 'no') === 'no');
    if (missing.length > 0)
      this.#judge.violated(
        'commit-validity',
        [node, ...missing],
        `${gid} is to be committed without the yes of ${missing.map((id) => this.#judge.name(id)).join(', ')}.`,
        votes,
      );
    // With nothing to write there is nothing to log.
    if (![...ghost.votes.values()].includes('yes')) this.#decision(gid, 'commit');
  }

  #decision(gid: string, outcome: Outcome): void {
    const ghost = this.#ghosts.get(gid);
    if (ghost === undefined || ghost.decision === outcome) return;
    if (ghost.decision !== null) {
      this.#judge.violated(
        'stability',
        [this.#coordinator],
        `${gid} was decided ${ghost.decision} and is now decided ${outcome}.`,
      );
      return;
    }
    ghost.decision = outcome;
    for (const [node, end] of ghost.ends) this.#compare(ghost, node, end.outcome, end.promised);
    for (const [node, alone] of ghost.heuristics) this.#damage(ghost, node, alone);
    if (outcome === 'abort') return;
    this.#ledger.committed(gid, ghost.work);
    // What follows a # tells attempts apart; it is one request all the same.
    const [request] = ghost.request.split('#') as [string];
    const other = this.#byRequest.get(request);
    if (other !== undefined && other !== gid)
      this.#judge.violated(
        'once-per-request',
        [this.#coordinator],
        `request ${request} was committed twice, as ${other} and as ${gid}.`,
      );
    this.#byRequest.set(request, gid);
  }

  resolved(node: NodeId, gid: string, outcome: Outcome, heuristic: boolean): void {
    this.#prepared.get(node)?.delete(gid);
    this.#endDoubt(node, gid);
    const ghost = this.#ghosts.get(gid);
    if (ghost === undefined) return;
    if (heuristic) {
      this.metrics.heuristics += 1;
      ghost.heuristics.set(node, outcome);
      this.#damage(ghost, node, outcome);
      return;
    }
    const promised = ghost.votes.get(node) === 'yes';
    if (promised && !ghost.told.get(node)?.has(outcome))
      this.#judge.violated(
        'promise-kept',
        [node],
        `${this.#judge.name(node)} voted yes to ${gid} and ended it with ${outcome}, which nobody had told it.`,
      );
    for (const [other, end] of ghost.ends)
      if (
        end.outcome !== outcome &&
        (end.promised || end.outcome === 'commit' || outcome === 'commit')
      )
        this.#judge.violated(
          'agreement',
          [node, other],
          `${gid} ended with ${outcome} at ${this.#judge.name(node)} and with ${end.outcome} at ${this.#judge.name(other)}.`,
        );
    ghost.ends.set(node, { outcome, promised });
    this.#compare(ghost, node, outcome, promised);
  }

  #compare({ gid, decision }: Ghost, node: NodeId, outcome: Outcome, promised: boolean): void {
    if (
      decision === null ||
      decision === outcome ||
      (!promised && outcome === 'abort' && decision === 'abort')
    )
      return;
    this.#judge.violated(
      'agreement',
      [this.#coordinator, node],
      `${gid} was decided ${decision}, and ${this.#judge.name(node)} ended it with ${outcome}.`,
    );
  }

  #damage({ gid, decision }: Ghost, node: NodeId, alone: Outcome): void {
    if (decision !== null && decision !== alone)
      this.#judge.violated(
        'no-heuristic-damage',
        [node],
        `${gid} was decided ${decision}, and ${this.#judge.name(node)} had ended it alone with ${alone}.`,
      );
  }

  applied(node: NodeId, gid: string): void {
    this.#ledger.applied(node, gid);
  }

  recovered(node: NodeId, manager: ResourceManager): void {
    for (const [gid, rows] of this.#prepared.get(node) ?? [])
      for (const row of rows)
        if (manager.locks.holder(row) !== gid)
          this.#judge.violated(
            'locks-kept',
            [node],
            `${this.#judge.name(node)} restarted with ${gid} prepared and its row ${row} unlocked.`,
          );
    this.#ledger.recovered(node, manager);
  }

  locked(node: NodeId, row: string, owner: string): void {
    for (const [gid, rows] of this.#prepared.get(node) ?? [])
      if (gid !== owner && rows.includes(row))
        this.#judge.violated(
          'locks-kept',
          [node],
          `${owner} got row ${row} of ${this.#judge.name(node)}, which prepared ${gid} must keep.`,
        );
  }

  sending(from: NodeId, to: NodeId, message: CommitMessage): void {
    const { messages } = this.metrics;
    messages.set(message.type, (messages.get(message.type) ?? 0) + 1);
    const { type } = message;
    if (type === 'Vote') this.#vote(from, message);
    else if (type === 'Prepare' && this.#config.presume === 'commit')
      this.#mustBeDurable(from, message, ['collecting']);
    else if (type === 'Decision') this.#tells(from, to, message);
    else if (type === 'Ack') this.#acknowledges(from, message);
    else if (type === 'BeginReply' && message.outcome === 'commit')
      this.#ledger.audited(from, message.amounts);
  }

  #vote(from: NodeId, message: Vote): void {
    const ghost = this.#ghosts.get(message.gid);
    if (message.vote === 'yes') {
      this.#mustBeDurable(from, message, ['prepared']);
      const key = `${from} ${message.gid}`;
      if (!this.#promisedUs.has(key)) this.#promisedUs.set(key, this.#nowUs());
      // Work that came again after the branch had been given up: only now there is a promise.
      if (ghost?.ends.get(from)?.promised === false) ghost.ends.delete(from);
    }
    if (ghost !== undefined && !ghost.votes.has(from)) ghost.votes.set(from, message.vote);
  }

  #tells(from: NodeId, to: NodeId, message: Decision): void {
    const { gid, outcome, presumed, ack } = message;
    const ghost = this.#ghosts.get(gid);
    if (presumed) this.#presumes(from, to, gid, outcome);
    else if (from !== this.#coordinator)
      this.#mustBeDurable(from, message, [outcome, 'heuristic', 'onePhase']);
    else if (outcome === 'commit' || (ack && this.#config.presume === 'nothing'))
      this.#mustBeDurable(from, message, [outcome]);
    if (ghost === undefined) return;
    const told = ghost.told.get(to) ?? new Set();
    told.add(outcome);
    ghost.told.set(to, told);
  }

  #presumes(from: NodeId, to: NodeId, gid: string, outcome: Outcome): void {
    const ghost = this.#ghosts.get(gid);
    if (ghost === undefined) return;
    const { decision, orphaned } = ghost;
    if (decision === null && outcome === 'abort') {
      if (orphaned) this.#decision(gid, 'abort');
      else
        this.#judge.violated(
          'abort-validity',
          [from, to],
          `${gid} is under way, and ${this.#judge.name(to)} is told to abort it as one nobody knows.`,
        );
    } else if (decision !== outcome && this.#prepared.get(to)?.has(gid) === true)
      // A late copy of a question that is settled gets a wrong answer and cannot act on it.
      this.#judge.violated(
        'presumption-true',
        [from, to],
        `${this.#judge.name(from)} has no record of ${gid} and presumes ${outcome}; it was ${decision === null ? 'never decided' : `decided ${decision}`}.`,
      );
  }

  #acknowledges(from: NodeId, message: Ack): void {
    const { gid, outcome, code } = message;
    if (code === XA.HEURCOM || code === XA.HEURRB) {
      this.#mustBeDurable(from, message, ['heuristic']);
      this.#ghosts.get(gid)?.reported.add(from);
    } else if (code === XA.OK) this.#mustBeDurable(from, message, [outcome, 'onePhase', 'forget']);
  }

  #mustBeDurable(
    from: NodeId,
    { type, gid }: CommitMessage & { readonly gid: string },
    kinds: readonly string[],
  ): void {
    const log = this.logs.get(from);
    if (log === undefined || kinds.some((kind) => log.isDurable(`${kind}:${gid}`))) return;
    this.#judge.violated(
      'durable-before-talk',
      [from],
      `${this.#judge.name(from)} sends ${type} of ${gid}, and what it says is not on its disk.`,
      [`A power loss now would take the ${kinds[0]!} record, and the promise with it.`],
    );
  }

  #forgotten(node: NodeId, gid: string): void {
    const asking = [...(this.#ghosts.get(gid)?.votes ?? [])].filter(([id, vote]) => {
      const log = this.logs.get(id);
      const over = ['commit', 'abort', 'heuristic'].some((kind) =>
        log?.isDurable(`${kind}:${gid}`),
      );
      return vote === 'yes' && !over;
    });
    if (asking.length > 0)
      this.#judge.violated(
        'forget-safely',
        [node, ...asking.map(([id]) => id)],
        `${this.#judge.name(node)} forgets ${gid}, which ${asking.map(([id]) => this.#judge.name(id)).join(', ')} may still ask about.`,
      );
  }

  #branchForgotten(node: NodeId, gid: string): void {
    if (this.#ghosts.get(gid)?.reported.has(node) === false)
      this.#judge.violated(
        'heuristics-reported',
        [node],
        `${this.#judge.name(node)} forgets that it ended ${gid} alone, and has told nobody.`,
      );
  }

  #endDoubt(node: NodeId, gid: string): void {
    const key = `${node} ${gid}`;
    const sinceUs = this.#promisedUs.get(key);
    if (sinceUs === undefined) return;
    this.#promisedUs.delete(key);
    const doubtUs = this.#nowUs() - sinceUs;
    this.metrics.inDoubtTotalUs += doubtUs;
    this.metrics.inDoubtMaxUs = Math.max(this.metrics.inDoubtMaxUs, doubtUs);
  }

  /** Prepared branches that wait for their decision. */
  unfinished(): readonly InvariantViolation[] {
    return [...this.#prepared].flatMap(([node, branches]) =>
      branches.size === 0
        ? []
        : [
            {
              invariant: 'termination',
              sentence: `${this.#judge.name(node)} is still in doubt about ${[...branches.keys()].join(', ')}.`,
              because: [],
              nodes: [node],
            },
          ],
    );
  }
}
