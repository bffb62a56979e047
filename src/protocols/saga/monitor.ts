import type { NodeId } from '../../sim/engine/env.ts';
import { AuditWatch } from '../audit-watch.ts';
import { kindOf } from '../bank.ts';
import { figuresOf } from '../figures.ts';
import { Judge } from '../judge.ts';
import type { Figure, InvariantViolation, ReportViolation } from '../protocol.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { SagaConfig } from './config.ts';
import type { SagaMessage } from './messages.ts';
import type { SagaObserver } from './observer.ts';
import {
  type CoordinatorRecord,
  type SagaOutcome,
  type ServiceRecord,
  type Step,
  stepKey,
} from './records.ts';
import type { StepBook } from './step-book.ts';

interface Ghost {
  readonly gid: string;
  readonly steps: readonly Step[];
  outcome: SagaOutcome | null;
  /** Accounts that somebody read while the saga was half done. */
  reads: number;
}

const UNITS = {
  messages: 'count',
  'forced-writes': 'count',
  'open-reads': 'count',
  'reads-of-compensated': 'count',
  audits: 'count',
  'torn-audits': 'count',
} as const;

export const figureNames: readonly string[] = Object.keys(UNITS);

/** Judges the invariants at every event, from what the nodes say and do. */
export class SagaMonitor implements SagaObserver {
  readonly messages = new Map<string, number>();
  readonly #coordinator: NodeId;
  readonly #globalLocks: boolean;
  readonly #judge: Judge;
  readonly #audits: AuditWatch;
  readonly #ghosts = new Map<string, Ghost>();
  readonly #books = new Map<NodeId, StepBook>();
  readonly #logs = new Map<NodeId, ShadowLog<CoordinatorRecord> | ShadowLog<ServiceRecord>>();
  #openReads = 0;
  #compensatedReads = 0;

  constructor(
    servers: readonly NodeId[],
    config: SagaConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
  ) {
    this.#coordinator = servers[0]!;
    this.#globalLocks = config.globalLocks;
    this.#judge = new Judge(report, nameOf);
    this.#audits = new AuditWatch(config.balance, config.stock);
  }

  coordinatorLog(node: NodeId): ShadowLog<CoordinatorRecord> {
    const known = this.#logs.get(node) as ShadowLog<CoordinatorRecord> | undefined;
    if (known !== undefined) return known;
    const log = new ShadowLog<CoordinatorRecord>(({ kind, gid }) => `${kind}:${gid}`, {
      onDurable: ({ kind, gid }) => {
        if (kind === 'committed' || kind === 'compensated') this.#ended(gid, kind);
      },
    });
    this.#logs.set(node, log);
    return log;
  }

  serviceLog(node: NodeId): ShadowLog<ServiceRecord> {
    const known = this.#logs.get(node) as ShadowLog<ServiceRecord> | undefined;
    if (known !== undefined) return known;
    let written = new Set<string>();
    const log = new ShadowLog<ServiceRecord>(({ kind, key }) => `${kind}:${key}`, {
      onAppended: (record) => {
        const { kind, key } = record;
        if (kind === 'acted') this.#written(node, record);
        const name = `${kind}:${key}`;
        if (kind !== 'refused' && written.has(name))
          this.#judge.violated(
            'idempotence',
            [node],
            `step ${key} was ${kind} a second time at ${this.#judge.name(node)}.`,
          );
        written.add(name);
      },
      onRecovered: (records) => {
        written = new Set(records.map(({ kind, key }) => `${kind}:${key}`));
      },
    });
    this.#logs.set(node, log);
    return log;
  }

  /** AT mode: nobody writes a row of a transaction that has not ended. */
  #written(node: NodeId, { key, images }: ServiceRecord): void {
    for (const { account } of images)
      for (const { gid, steps, outcome } of this.#ghosts.values()) {
        if (outcome !== null || steps.some((_, step) => stepKey(gid, step) === key)) continue;
        const open = steps.findIndex(
          (step, index) =>
            step.node === node &&
            this.#stateOf(node, gid, index) === 'acted' &&
            step.changes.some((change) => change.account === account),
        );
        if (open >= 0 && this.#globalLocks)
          this.#judge.violated(
            'no-dirty-write',
            [node],
            `${key} writes ${account}, which step ${open + 1} of ${gid} has written, and ${gid} has not ended.`,
          );
      }
  }

  dirty(node: NodeId, key: string, account: string): void {
    this.#judge.violated(
      'undo-finds-its-image',
      [node],
      `${key} is to be taken back, and ${account} is not as it left it.`,
    );
  }

  began(gid: string, _request: string, steps: readonly Step[]): void {
    this.#ghosts.set(gid, { gid, steps, outcome: null, reads: 0 });
    for (const { changes } of steps) this.#audits.touches(changes);
  }

  #ended(gid: string, outcome: SagaOutcome): void {
    const ghost = this.#ghosts.get(gid);
    if (ghost === undefined || ghost.outcome === outcome) return;
    if (ghost.outcome !== null)
      this.#judge.violated(
        'one-outcome',
        [this.#coordinator],
        `${gid} ended as ${ghost.outcome} and now as ${outcome}.`,
      );
    ghost.outcome = outcome;
    const expected = outcome === 'committed' ? 'acted' : 'compensated';
    const wrong = ghost.steps.findIndex(
      ({ node }, step) =>
        this.#stateOf(node, gid, step) !== expected &&
        (outcome === 'committed' || this.#stateOf(node, gid, step) === 'acted'),
    );
    if (wrong >= 0)
      this.#judge.violated(
        'one-outcome',
        [this.#coordinator, ghost.steps[wrong]!.node],
        `${gid} is held for ${outcome}, and its step ${wrong + 1} is ${this.#stateOf(ghost.steps[wrong]!.node, gid, wrong) ?? 'not done'}.`,
      );
    if (outcome === 'compensated') this.#compensatedReads += ghost.reads;
  }

  #stateOf(node: NodeId, gid: string, step: number): string | undefined {
    return this.#books.get(node)?.fence.get(stepKey(gid, step))?.kind;
  }

  sending(from: NodeId, _to: NodeId, message: SagaMessage): void {
    this.messages.set(message.type, (this.messages.get(message.type) ?? 0) + 1);
    if (message.type === 'Action')
      this.#needs(from, message, [`began:${message.gid}`], 'began-first');
    else if (message.type === 'Compensate') {
      this.#needs(from, message, [`failed:${message.gid}`], 'durable-before-talk');
      this.#inOrder(message.gid, message.step);
    } else if (message.type === 'ActionReply' || message.type === 'CompensateReply') {
      const key = stepKey(message.gid, message.step);
      const kinds = message.type === 'CompensateReply' ? ['compensated', 'refused'] : [];
      if (message.type === 'ActionReply')
        kinds.push(...(message.ok ? ['acted'] : ['refused', 'compensated']));
      this.#needs(
        from,
        message,
        kinds.map((kind) => `${kind}:${key}`),
        'durable-before-talk',
      );
    }
  }

  #needs(
    from: NodeId,
    { type, gid }: SagaMessage & { readonly gid: string },
    keys: readonly string[],
    invariant: string,
  ): void {
    const log = this.#logs.get(from)!;
    if (!keys.some((key) => log.isDurable(key)))
      this.#judge.violated(
        invariant,
        [from],
        `${this.#judge.name(from)} sends ${type} of ${gid}, and ${keys.join(' or ')} is not on its disk.`,
      );
  }

  /** A later step that has acted, or may still act, is taken back first. */
  #inOrder(gid: string, step: number): void {
    const ghost = this.#ghosts.get(gid);
    if (ghost === undefined) return;
    const later = ghost.steps.findIndex(
      ({ node }, index) => index > step && this.#stateOf(node, gid, index) === 'acted',
    );
    const open = this.#stateOf(ghost.steps[step]!.node, gid, step) === undefined;
    if (later >= 0 || open)
      this.#judge.violated(
        'compensation-order',
        [this.#coordinator, ghost.steps[open ? step : later]!.node],
        open
          ? `step ${step + 1} of ${gid} is taken back, and nobody knows yet whether it was done.`
          : `step ${step + 1} of ${gid} is taken back before step ${later + 1}, which came after it.`,
      );
  }

  stepped(node: NodeId): void {
    this.#weigh(this.#judge.name(node));
  }

  recovered(node: NodeId, book: StepBook): void {
    this.#books.set(node, book);
    this.#weigh(this.#judge.name(node));
  }

  /** Money and goods are constant, with what open sagas have done so far. */
  #weigh(where: string): void {
    const sums = { money: 0, goods: 0 };
    for (const [node, book] of this.#books)
      for (const account of book.amounts.keys()) {
        sums[kindOf(account)] += book.drift(account);
        if (book.amount(account) < 0)
          this.#judge.violated(
            'conservation',
            [node],
            `${account} is overdrawn: ${book.amount(account)}.`,
          );
      }
    for (const { gid, steps } of this.#ghosts.values())
      for (const kind of ['money', 'goods'] as const) sums[kind] -= this.#doneOf(gid, steps, kind);
    for (const kind of ['money', 'goods'] as const)
      if (sums[kind] !== 0)
        this.#judge.violated(
          'conservation',
          [...this.#books.keys()],
          `${Math.abs(sums[kind])} of ${kind} ${sums[kind] > 0 ? 'came from nowhere' : 'are gone'}, seen at ${where}.`,
        );
  }

  /** What the steps of a saga that stand as done have moved. */
  #doneOf(gid: string, steps: readonly Step[], kind: 'money' | 'goods'): number {
    let sum = 0;
    for (const [step, { node, changes }] of steps.entries())
      if (this.#stateOf(node, gid, step) === 'acted')
        for (const { account, delta } of changes) if (kindOf(account) === kind) sum += delta;
    return sum;
  }

  read(node: NodeId, account: string): void {
    for (const ghost of this.#ghosts.values()) {
      if (ghost.outcome !== null) continue;
      const seen = ghost.steps.some(
        (step, index) =>
          step.node === node &&
          this.#stateOf(node, ghost.gid, index) === 'acted' &&
          step.changes.some((change) => change.account === account),
      );
      if (!seen) continue;
      ghost.reads += 1;
      this.#openReads += 1;
    }
  }

  audited(amounts: Readonly<Record<string, number>>): void {
    this.#audits.audited(amounts);
  }

  /** Sagas that have begun and not ended. */
  unfinished(): readonly InvariantViolation[] {
    return [...this.#ghosts.values()]
      .filter(
        ({ gid, steps, outcome }) =>
          outcome === null &&
          steps.some(({ node }, step) => this.#stateOf(node, gid, step) === 'acted'),
      )
      .slice(0, 1)
      .map(({ gid }) => ({
        invariant: 'every-saga-ends',
        sentence: `${gid} is half done: neither committed nor taken back.`,
        because: [],
        nodes: [this.#coordinator],
      }));
  }

  figures(): readonly Figure[] {
    const messages = [...this.messages.values()].reduce((sum, sent) => sum + sent, 0);
    return figuresOf(UNITS, {
      messages,
      'forced-writes': [...this.#logs.values()].reduce((sum, log) => sum + log.forces, 0),
      'open-reads': this.#openReads,
      'reads-of-compensated': this.#compensatedReads,
      audits: this.#audits.audits,
      'torn-audits': this.#audits.torn,
    });
  }
}
