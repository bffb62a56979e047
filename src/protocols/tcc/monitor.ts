import type { NodeId } from '../../sim/engine/env.ts';
import { AuditWatch } from '../audit-watch.ts';
import { type Change, kindOf } from '../bank.ts';
import { figuresOf } from '../figures.ts';
import { Judge } from '../judge.ts';
import type { Figure, InvariantViolation, ReportViolation } from '../protocol.ts';
import { Spans } from '../spans.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { TccConfig } from './config.ts';
import type { TccMessage } from './messages.ts';
import type { TccObserver } from './observer.ts';
import type { CoordinatorRecord, FenceState, ServiceRecord, TccOutcome } from './records.ts';
import type { Effect, ReservationBook } from './reservation-book.ts';

interface BranchGhost {
  readonly effects: Record<Effect, number>;
  /** A cancel has been carried out, with or without effect. */
  cancelled: boolean;
}

interface Ghost {
  readonly gid: string;
  readonly request: string;
  readonly work: ReadonlyMap<NodeId, readonly Change[]>;
  decision: TccOutcome | null;
  done: boolean;
  readonly tried: Set<NodeId>;
  readonly branches: Map<NodeId, BranchGhost>;
}

const EFFECT_OF: Readonly<Record<FenceState, Effect | null>> = {
  tried: 'reserve',
  confirmed: 'confirm',
  cancelled: 'release',
  suspended: null,
};

const UNITS = {
  messages: 'count',
  'forced-writes': 'count',
  'reserved-mean': 'us',
  'reserved-max': 'us',
  audits: 'count',
  'torn-audits': 'count',
} as const;

export const figureNames: readonly string[] = Object.keys(UNITS);

/** Judges the invariants at every event, from what the nodes say and do. */
export class TccMonitor implements TccObserver {
  readonly messages = new Map<string, number>();
  readonly logs = new Map<NodeId, ShadowLog<CoordinatorRecord> | ShadowLog<ServiceRecord>>();
  readonly #coordinator: NodeId;
  readonly #judge: Judge;
  readonly #nowUs: () => number;
  readonly #audits: AuditWatch;
  /** From a branch's reservation until it is spent or given back. */
  readonly #reserved = new Spans();
  readonly #ghosts = new Map<string, Ghost>();
  readonly #books = new Map<NodeId, ReservationBook>();

  constructor(
    servers: readonly NodeId[],
    config: TccConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.#coordinator = servers[0]!;
    this.#judge = new Judge(report, nameOf);
    this.#nowUs = nowUs;
    this.#audits = new AuditWatch(config.balance, config.stock);
  }

  coordinatorLog(node: NodeId): ShadowLog<CoordinatorRecord> {
    const known = this.logs.get(node) as ShadowLog<CoordinatorRecord> | undefined;
    if (known !== undefined) return known;
    const log = new ShadowLog<CoordinatorRecord>(({ kind, gid }) => `${kind}:${gid}`, {
      onDurable: ({ kind, gid }) => {
        if (kind === 'confirm' || kind === 'cancel') this.#decided(gid, kind);
        const ghost = this.#ghosts.get(gid);
        if (kind === 'done' && ghost !== undefined) ghost.done = true;
      },
      onAppended: ({ kind, gid }) => {
        const ghost = this.#ghosts.get(gid);
        if (kind === 'done' && ghost !== undefined) ghost.done = true;
      },
    });
    this.logs.set(node, log);
    return log;
  }

  serviceLog(node: NodeId): ShadowLog<ServiceRecord> {
    const known = this.logs.get(node) as ShadowLog<ServiceRecord> | undefined;
    if (known !== undefined) return known;
    const log = new ShadowLog<ServiceRecord>(({ kind, gid }) => `${kind}:${gid}`, {
      onAppended: ({ kind, gid }) => {
        if (kind === 'cancelled' || kind === 'suspended') this.#branch(node, gid).cancelled = true;
      },
      onRecovered: (records) => {
        this.#recount(node, records);
      },
    });
    this.logs.set(node, log);
    return log;
  }

  /** What a crash has undone has not happened. */
  #recount(node: NodeId, records: readonly ServiceRecord[]): void {
    for (const ghost of this.#ghosts.values()) ghost.branches.delete(node);
    for (const { kind, gid } of records) {
      const branch = this.#branch(node, gid);
      const effect = EFFECT_OF[kind];
      if (effect !== null) branch.effects[effect] += 1;
      branch.cancelled ||= kind === 'cancelled' || kind === 'suspended';
    }
  }

  #branch(node: NodeId, gid: string): BranchGhost {
    const ghost = this.#ghosts.get(gid);
    const known = ghost?.branches.get(node);
    if (known !== undefined) return known;
    const branch = { effects: { reserve: 0, confirm: 0, release: 0 }, cancelled: false };
    ghost?.branches.set(node, branch);
    return branch;
  }

  began(gid: string, request: string, work: ReadonlyMap<NodeId, readonly Change[]>): void {
    const ghost: Ghost = {
      gid,
      request,
      work,
      decision: null,
      done: false,
      tried: new Set(),
      branches: new Map(),
    };
    this.#ghosts.set(gid, ghost);
    for (const changes of work.values()) this.#audits.touches(changes);
  }

  audited(amounts: Readonly<Record<string, number>>): void {
    this.#audits.audited(amounts);
  }

  #decided(gid: string, outcome: TccOutcome): void {
    const ghost = this.#ghosts.get(gid);
    if (ghost === undefined || ghost.decision === outcome) return;
    if (ghost.decision !== null)
      this.#judge.violated(
        'decision-once',
        [this.#coordinator],
        `${gid} was decided ${ghost.decision} and is now decided ${outcome}.`,
      );
    const missing = [...ghost.work.keys()].filter((node) => !ghost.tried.has(node));
    if (outcome === 'confirm' && missing.length > 0)
      this.#judge.violated(
        'decision-once',
        [this.#coordinator, ...missing],
        `${gid} is confirmed, and ${missing.map((node) => this.#judge.name(node)).join(', ')} never said that it had reserved.`,
      );
    ghost.decision = outcome;
  }

  sending(from: NodeId, _to: NodeId, message: TccMessage): void {
    this.messages.set(message.type, (this.messages.get(message.type) ?? 0) + 1);
    const gid = 'gid' in message ? message.gid : '';
    const log = this.logs.get(from)!;
    const needs = (kinds: readonly string[], invariant: string, what: string): void => {
      if (!kinds.some((kind) => log.isDurable(`${kind}:${gid}`)))
        this.#judge.violated(
          invariant,
          [from],
          `${this.#judge.name(from)} sends ${message.type} of ${gid}, and ${what} is not on its disk.`,
        );
    };
    if (message.type === 'Try') needs(['registered'], 'registered-first', 'the registration');
    else if (message.type === 'Confirm' || message.type === 'Cancel')
      needs(
        [message.type === 'Confirm' ? 'confirm' : 'cancel'],
        'durable-before-talk',
        'the decision',
      );
    else if (message.type === 'TryReply' && message.ok) {
      needs(['tried'], 'durable-before-talk', 'the reservation');
      this.#ghosts.get(gid)?.tried.add(from);
    } else if (message.type === 'ConfirmReply' && message.ok)
      needs(['confirmed'], 'durable-before-talk', 'the effect');
    else if (message.type === 'CancelReply' && message.ok)
      needs(['cancelled', 'suspended'], 'durable-before-talk', 'the cancellation');
  }

  effect(node: NodeId, gid: string, effect: Effect): void {
    const { effects, cancelled } = this.#branch(node, gid);
    effects[effect] += 1;
    if (effect === 'reserve') this.#reserved.begin(`${node} ${gid}`, this.#nowUs());
    else this.#reserved.end(`${node} ${gid}`, this.#nowUs());
    const where = `${gid} at ${this.#judge.name(node)}`;
    if (effects[effect] > 1)
      this.#judge.violated(
        'idempotence',
        [node],
        `${where}: ${effect} took effect ${effects[effect]} times.`,
      );
    if (effect === 'reserve' && cancelled)
      this.#judge.violated(
        'no-suspension',
        [node],
        `${where}: a late Try reserved after the Cancel; nobody will release it.`,
      );
    if (effect !== 'reserve' && effects.reserve === 0)
      this.#judge.violated('no-empty-effect', [node], `${where}: ${effect} without a reservation.`);
    const ghost = this.#ghosts.get(gid);
    if (ghost === undefined) return;
    const other = effect === 'confirm' ? 'release' : 'confirm';
    const elsewhere = [...ghost.branches].find(([, branch]) => branch.effects[other] > 0);
    if (effect !== 'reserve' && elsewhere !== undefined)
      this.#judge.violated(
        'one-outcome',
        [node, elsewhere[0]],
        `${gid}: ${effect} at ${this.#judge.name(node)}, and ${other} at ${this.#judge.name(elsewhere[0])}.`,
      );
  }

  stepped(node: NodeId): void {
    this.#weigh(this.#judge.name(node));
  }

  recovered(node: NodeId, book: ReservationBook): void {
    this.#books.set(node, book);
    this.#weigh(this.#judge.name(node));
  }

  /** Available and reserved, with what confirmed transactions have still to move, are constant. */
  #weigh(where: string): void {
    const sums = { money: 0, goods: 0 };
    for (const book of this.#books.values())
      for (const account of book.accounts()) {
        sums[kindOf(account)] += book.drift(account);
        if (book.amount(account) < 0)
          this.#judge.violated(
            'conservation',
            [],
            `${account} is overdrawn: ${book.amount(account)}.`,
          );
      }
    for (const ghost of this.#ghosts.values())
      if (ghost.decision === 'confirm' && !ghost.done) this.#addOwed(sums, ghost);
    for (const kind of ['money', 'goods'] as const)
      if (sums[kind] !== 0)
        this.#judge.violated(
          'conservation',
          [],
          `${Math.abs(sums[kind])} of ${kind} ${sums[kind] > 0 ? 'came from nowhere' : 'are gone'}, seen at ${where}.`,
        );
  }

  #addOwed(sums: { money: number; goods: number }, { gid, work }: Ghost): void {
    for (const [node, changes] of work)
      if (this.#books.get(node)?.frozen.has(gid) === true)
        for (const { account, delta } of changes) sums[kindOf(account)] += delta;
  }

  figures(): readonly Figure[] {
    const messages = [...this.messages.values()].reduce((sum, sent) => sum + sent, 0);
    return figuresOf(UNITS, {
      messages,
      'forced-writes': [...this.logs.values()].reduce((sum, log) => sum + log.forces, 0),
      'reserved-mean': this.#reserved.meanUs,
      'reserved-max': this.#reserved.maxUs,
      audits: this.#audits.audits,
      'torn-audits': this.#audits.torn,
    });
  }

  /** Transactions that have not ended, and amounts still reserved. */
  unfinished(): readonly InvariantViolation[] {
    const open = [...this.#ghosts.values()].filter(
      ({ done, tried, decision }) => !done && (decision !== null || tried.size > 0),
    );
    const frozen = [...this.#books].filter(([, book]) => book.frozen.size > 0);
    return [
      ...open.slice(0, 1).map(({ gid, decision }) => ({
        invariant: 'every-transaction-ends',
        sentence: `${gid} has not ended: ${decision === null ? 'never decided' : `decided ${decision}, not carried out everywhere`}.`,
        because: [],
        nodes: [this.#coordinator],
      })),
      ...frozen.map(([node, book]) => ({
        invariant: 'no-lost-reservation',
        sentence: `${this.#judge.name(node)} still keeps what ${[...book.frozen.keys()].join(', ')} reserved.`,
        because: [],
        nodes: [node],
      })),
    ];
  }
}
