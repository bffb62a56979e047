import type { NodeId } from '../../sim/engine/env.ts';
import { addsUp } from '../audit-watch.ts';
import { type Kind, kindOf } from '../bank.ts';
import { figuresOf } from '../figures.ts';
import { Judge } from '../judge.ts';
import type { Figure, InvariantViolation, ReportViolation } from '../protocol.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { MessagingConfig } from './config.ts';
import type { Credit, MessagingMessage } from './messages.ts';
import type { Drift, MessagingObserver } from './observer.ts';
import type { BrokerRecord, ConsumerRecord, ProducerRecord } from './records.ts';

/** Where the money of one key is. */
interface Ghost {
  readonly key: string;
  credit: Credit;
  debits: number;
  reversals: number;
  credits: number;
  /** `CheckTx` that were sent. */
  checks: number;
  /** Final states the broker gave its half message. */
  ends: Set<string>;
  alarmed: boolean;
  /** True time of the durable debit and of the first credit, in µs. */
  committedUs: number | null;
  creditedUs: number | null;
}

const UNITS = {
  messages: 'count',
  'forced-writes': 'count',
  'window-max': 'us',
  audits: 'count',
  'torn-audits': 'count',
  alarms: 'count',
} as const;

export const figureNames: readonly string[] = Object.keys(UNITS);

/** Judges the invariants at every event, from what the nodes say, and from the disks. */
export class MessagingMonitor implements MessagingObserver {
  readonly messages = new Map<string, number>();
  readonly logs = new Map<string, { readonly records: number; readonly forces: number }>();
  /** From A's commit to B's effect, in µs, the longest. */
  windowMaxUs = 0;
  readonly #config: MessagingConfig;
  readonly #judge: Judge;
  readonly #nowUs: () => number;
  readonly #ghosts = new Map<string, Ghost>();
  readonly #drifts = new Map<'producer' | 'consumer', Drift>();
  #producer: ShadowLog<ProducerRecord> | null = null;
  #broker: ShadowLog<BrokerRecord> | null = null;
  #consumer: ShadowLog<ConsumerRecord> | null = null;
  readonly #servers: readonly NodeId[];
  #audits = 0;
  #torn = 0;
  #alarms = 0;

  constructor(
    servers: readonly NodeId[],
    config: MessagingConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.#servers = servers;
    this.#config = config;
    this.#judge = new Judge(report, nameOf);
    this.#nowUs = nowUs;
  }

  #ghost(key: string): Ghost {
    const known = this.#ghosts.get(key);
    if (known !== undefined) return known;
    const ghost: Ghost = {
      key,
      credit: [],
      debits: 0,
      reversals: 0,
      credits: 0,
      ends: new Set(),
      checks: 0,
      alarmed: false,
      committedUs: null,
      creditedUs: null,
    };
    this.#ghosts.set(key, ghost);
    return ghost;
  }

  producerLog(): ShadowLog<ProducerRecord> {
    this.#producer ??= new ShadowLog<ProducerRecord>(nameOf, {
      onAppended: (record) => {
        this.#producerDid(record);
      },
      onDurable: ({ kind, key }) => {
        if (kind === 'debit') this.#ghost(key).committedUs ??= this.#nowUs();
      },
      onRecovered: (records) => {
        for (const ghost of this.#ghosts.values()) {
          ghost.debits = 0;
          ghost.reversals = 0;
        }
        for (const record of records) this.#producerDid(record);
      },
    });
    this.logs.set('producer', this.#producer);
    return this.#producer;
  }

  #producerDid(record: ProducerRecord): void {
    const ghost = this.#ghost(record.key);
    if (record.kind === 'debit') {
      ghost.credit = record.credit;
      ghost.debits += 1;
      if (ghost.debits > 1)
        this.#violated(
          'effectively-once',
          `A took the amount of ${record.key} ${ghost.debits} times.`,
        );
    } else if (record.kind === 'reversed') ghost.reversals += 1;
  }

  brokerLog(): ShadowLog<BrokerRecord> {
    this.#broker ??= new ShadowLog<BrokerRecord>(nameOf, {
      onAppended: ({ kind, key }) => {
        this.#brokerDid(kind, key);
        if (kind === 'discarded') this.#discarded(this.#ghost(key));
      },
      onRecovered: (records) => {
        for (const ghost of this.#ghosts.values()) ghost.ends = new Set();
        for (const { kind, key } of records) this.#brokerDid(kind, key);
      },
    });
    this.logs.set('broker', this.#broker);
    return this.#broker;
  }

  #brokerDid(kind: BrokerRecord['kind'], key: string): void {
    const { ends } = this.#ghost(key);
    if (kind === 'message' && this.#producer?.isDurable(`debit:${key}`) !== true)
      this.#violated(
        'no-phantom',
        `${key} is visible to B, and A has not committed its local transaction.`,
      );
    if (kind !== 'committed' && kind !== 'rolledBack' && kind !== 'discarded') return;
    ends.add(kind);
    if (ends.size > 1)
      this.#violated(
        'half-ends-once',
        `the half message ${key} ended as ${[...ends].join(' and as ')}.`,
      );
  }

  #discarded({ key, checks }: Ghost): void {
    const { checkMax } = this.#config;
    if (checks < checkMax)
      this.#violated(
        'checked-in-full',
        `the half message ${key} is discarded after ${checks} checks; it is entitled to ${checkMax}.`,
      );
  }

  consumerLog(): ShadowLog<ConsumerRecord> {
    this.#consumer ??= new ShadowLog<ConsumerRecord>(nameOf, {
      onAppended: (record) => {
        this.#consumerDid(record);
      },
      onRecovered: (records) => {
        for (const ghost of this.#ghosts.values()) ghost.credits = 0;
        for (const record of records) this.#consumerDid(record);
      },
    });
    this.logs.set('consumer', this.#consumer);
    return this.#consumer;
  }

  #consumerDid({ kind, key }: ConsumerRecord): void {
    if (kind !== 'credited') return;
    const ghost = this.#ghost(key);
    ghost.credits += 1;
    if (ghost.creditedUs === null && ghost.committedUs !== null) {
      ghost.creditedUs = this.#nowUs();
      this.windowMaxUs = Math.max(this.windowMaxUs, ghost.creditedUs - ghost.committedUs);
    }
    if (ghost.credits > 1)
      this.#violated('effectively-once', `B carried ${key} out ${ghost.credits} times.`);
  }

  sending(from: NodeId, message: MessagingMessage): void {
    this.messages.set(message.type, (this.messages.get(message.type) ?? 0) + 1);
    const needs = (log: ShadowLog<never> | null, what: string): void => {
      if (!log?.isDurable(what))
        this.#judge.violated(
          'durable-before-talk',
          [from],
          `${this.#judge.name(from)} sends ${message.type} ${what}, and that is not on its disk.`,
        );
    };
    const { type } = message;
    if (type === 'EndTx' && message.verdict === 'commit')
      needs(this.#producer as ShadowLog<never> | null, `debit:${message.key}`);
    else if (type === 'CheckTx') this.#ghost(message.key).checks += 1;
    else if (type === 'Reversed')
      needs(this.#producer as ShadowLog<never> | null, `reversed:${message.key}`);
    else if (type === 'Consumed' && message.result !== 'failed')
      needs(
        this.#consumer as ShadowLog<never> | null,
        `${message.result === 'done' ? 'credited' : 'refused'}:${message.key}`,
      );
    else if (this.#config.flush === 'sync' && type === 'SendReply')
      needs(this.#broker as ShadowLog<never> | null, `message:${message.key}`);
    else if (this.#config.flush === 'sync' && type === 'SendHalfReply')
      needs(this.#broker as ShadowLog<never> | null, `half:${message.key}`);
  }

  alarmed(key: string): void {
    this.#alarms += 1;
    this.#ghost(key).alarmed = true;
  }

  audited(amounts: Readonly<Record<string, number>>): void {
    this.#audits += 1;
    if (!addsUp(amounts, this.#config.balance, this.#config.stock)) this.#torn += 1;
  }

  figures(): readonly Figure[] {
    const messages = [...this.messages.values()].reduce((sum, sent) => sum + sent, 0);
    return figuresOf(UNITS, {
      messages,
      'forced-writes': [...this.logs.values()].reduce((sum, { forces }) => sum + forces, 0),
      'window-max': this.windowMaxUs,
      audits: this.#audits,
      'torn-audits': this.#torn,
      alarms: this.#alarms,
    });
  }

  /** Debits of A = credits of B + what is under way + what was taken back. */
  amounts(side: 'producer' | 'consumer', drift: Drift): void {
    this.#drifts.set(side, drift);
    weigh(this.#drifts, this.#ghosts, (sentence) => {
      this.#violated('conservation', sentence);
    });
  }

  #violated(invariant: string, sentence: string): void {
    this.#judge.violated(invariant, this.#servers, sentence);
  }

  /** Committed debits whose credit has neither happened nor been given up with an alarm or a reversal. */
  unfinished(): readonly InvariantViolation[] {
    const open = [...this.#ghosts.values()].filter(
      ({ committedUs, credits, reversals, alarmed }) =>
        committedUs !== null && credits === 0 && reversals === 0 && !alarmed,
    );
    return open.slice(0, 1).map(({ key, credit }) => ({
      invariant:
        this.#broker?.isDurable(`message:${key}`) === true ? 'consumed-in-the-end' : 'no-loss',
      sentence: `A committed ${key}, and its ${textOf(credit)} never happened at B; nobody was told.`,
      because: [],
      nodes: this.#servers,
    }));
  }
}

function nameOf({ kind, key }: { readonly kind: string; readonly key: string }): string {
  return `${kind}:${key}`;
}

function textOf(credit: Credit): string {
  return credit.map(({ account, delta }) => `${delta} of ${account}`).join(', ');
}

function weigh(
  drifts: ReadonlyMap<string, Drift>,
  ghosts: ReadonlyMap<string, Ghost>,
  violated: (sentence: string) => void,
): void {
  const sums: Record<Kind, number> = { money: 0, goods: 0 };
  for (const drift of drifts.values())
    for (const [account, amount] of drift) sums[kindOf(account)] += amount;
  for (const { debits, reversals, credits, credit } of ghosts.values())
    if (debits === 1 && reversals === 0 && credits === 0)
      for (const { account, delta } of credit) sums[kindOf(account)] += delta;
  for (const kind of ['money', 'goods'] as const)
    if (drifts.size === 2 && sums[kind] !== 0)
      violated(
        `${Math.abs(sums[kind])} of ${kind} ${sums[kind] > 0 ? 'came from nowhere' : 'are gone'}: debits are not credits, reversals and what is under way.`,
      );
}
