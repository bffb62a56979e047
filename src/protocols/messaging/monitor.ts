import type { NodeId } from '../../sim/engine/env.ts';
import { addsUp } from '../audit-watch.ts';
import { figuresOf } from '../figures.ts';
import { Judge } from '../judge.ts';
import type { Figure, InvariantViolation, ReportViolation } from '../protocol.ts';
import { ShadowLog } from '../shadow-log.ts';
import type { MessagingConfig } from './config.ts';
import { DeliveryWatch } from './delivery-watch.ts';
import { HalfWatch } from './half-watch.ts';
import type { Delivery, MessagingMessage, Result } from './messages.ts';
import { MoneyWatch } from './money-watch.ts';
import type { Drift, MessagingObserver } from './observer.ts';
import type { BrokerRecord, ConsumerRecord, Entry, ProducerRecord } from './records.ts';
import { OutboxWatch } from './outbox-watch.ts';
import { groupOf, type Roles, rolesOf, serviceOf } from './roles.ts';
import { TalkWatch } from './talk-watch.ts';

const UNITS = {
  messages: 'count',
  'forced-writes': 'count',
  'window-max': 'us',
  audits: 'count',
  'torn-audits': 'count',
  alarms: 'count',
  checks: 'count',
  redeliveries: 'count',
  'open-halves-max': 'count',
  'refused-without-replica': 'count',
} as const;

export const figureNames: readonly string[] = Object.keys(UNITS);

/** Judges the invariants at every event, from what the nodes say, and from the disks. */
export class MessagingMonitor implements MessagingObserver {
  readonly messages = new Map<string, number>();
  readonly logs = new Map<string, { readonly records: number; readonly forces: number }>();
  readonly #config: MessagingConfig;
  readonly #roles: Roles;
  readonly #judge: Judge;
  readonly #money: MoneyWatch;
  readonly #halves: HalfWatch;
  readonly #deliveries: DeliveryWatch;
  readonly #talk: TalkWatch;
  readonly #outbox: OutboxWatch | null;
  readonly #producers = new Map<NodeId, ShadowLog<ProducerRecord>>();
  readonly #consumers = new Map<NodeId, ShadowLog<ConsumerRecord>>();
  #broker: ShadowLog<Entry> | null = null;
  #replica: ShadowLog<Entry> | null = null;
  readonly #replicaHas = new Set<string>();
  #audits = 0;
  #torn = 0;
  #alarms = 0;
  #withoutReplica = 0;

  constructor(
    servers: readonly NodeId[],
    config: MessagingConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.#config = config;
    this.#roles = rolesOf(config, servers);
    this.#judge = new Judge(report, nameOf);
    this.#money = new MoneyWatch(this.#judge, servers, this.#roles, nowUs);
    const ended = (group: number, key: string): boolean => {
      const log = this.#consumers.get(this.#roles.consumers[group]!);
      return (
        log?.isDurable(`credited:${key}`) === true || log?.isDurable(`refused:${key}`) === true
      );
    };
    this.#deliveries = new DeliveryWatch(config, this.#judge, this.#roles.broker, ended, nowUs);
    this.#halves = new HalfWatch(
      this.#judge,
      this.#roles.broker,
      config.checkMax,
      () => this.#deliveries.state,
    );
    this.#outbox =
      config.mode === 'outbox' ? new OutboxWatch(this.#judge, this.#roles.broker) : null;
    this.#talk = new TalkWatch(this.#judge, config, {
      producer: (node, record) =>
        this.#producers.get(serviceOf(this.#roles, node))?.isDurable(record) === true,
      broker: (record) => this.#broker?.isDurable(record) === true,
      // With asynchronous flush the replica answers before its disk.
      replica: (record) =>
        this.#replica?.isDurable(record) === true ||
        (config.flush === 'async' && this.#replicaHas.has(record)),
      consumer: (node, record) => this.#consumers.get(node)?.isDurable(record) === true,
    });
  }

  /** From A's commit to B's effect, in µs, the longest. */
  get windowMaxUs(): number {
    return this.#money.windowMaxUs;
  }

  producerLog(node: NodeId): ShadowLog<ProducerRecord> {
    const known = this.#producers.get(node);
    if (known !== undefined) return known;
    const log = new ShadowLog<ProducerRecord>(keyedName, {
      onAppended: (record) => {
        this.#money.producerDid(node, record);
        if (record.kind === 'debit') this.#outbox?.committed(record.key);
      },
      onDurable: ({ kind, key }) => {
        if (kind === 'debit') this.#money.debitDurable(key);
      },
      onRecovered: (records) => {
        this.#money.producerRecovered(node, records);
      },
    });
    this.#producers.set(node, log);
    this.logs.set(`producer ${node}`, log);
    return log;
  }

  brokerLog(): ShadowLog<Entry> {
    this.#broker ??= new ShadowLog<Entry>(entryName, {
      onAppended: ({ record }) => {
        this.#brokerDid(record);
      },
      onRecovered: (entries) => {
        this.#outbox?.recovered(entries);
        this.#deliveries.brokerRecovered(entries);
      },
    });
    this.logs.set('broker', this.#broker);
    return this.#broker;
  }

  #brokerDid(record: BrokerRecord): void {
    if (record.kind === 'message') {
      const { key, producer } = record.content;
      if (this.#producers.get(producer)?.isDurable(`debit:${key}`) !== true)
        this.#judge.violated(
          'no-phantom',
          [producer, this.#roles.broker],
          `${key} is visible to B, and A has not committed its local transaction.`,
        );
      this.#outbox?.arrived(record.content);
    }
    this.#halves.did(record);
    this.#deliveries.brokerDid(record);
  }

  replicaLog(): ShadowLog<Entry> {
    this.#replica ??= new ShadowLog<Entry>(entryName, {
      onAppended: (entry) => {
        this.#replicaHas.add(entryName(entry));
      },
    });
    this.logs.set('replica', this.#replica);
    return this.#replica;
  }

  consumerLog(node: NodeId): ShadowLog<ConsumerRecord> {
    const known = this.#consumers.get(node);
    if (known !== undefined) return known;
    const group = groupOf(this.#roles, node);
    const log = new ShadowLog<ConsumerRecord>(keyedName, {
      onAppended: ({ kind, key }) => {
        if (kind !== 'credited') return;
        this.#money.credited(group, key);
        this.#deliveries.credited(node, group, key);
      },
      onRecovered: (records) => {
        const keys = records.filter(({ kind }) => kind === 'credited').map(({ key }) => key);
        this.#money.consumerRecovered(group, keys);
        this.#deliveries.databaseRecovered(group, keys, node);
      },
    });
    this.#consumers.set(node, log);
    this.logs.set(`consumer ${node}`, log);
    return log;
  }

  sending(from: NodeId, to: NodeId, message: MessagingMessage): void {
    this.messages.set(message.type, (this.messages.get(message.type) ?? 0) + 1);
    this.#talk.sending(from, message);
    const group = groupOf(this.#roles, from);
    if (message.type === 'CheckTx') this.#halves.checking(message.half);
    else if (message.type === 'SendHalfReply' && message.status === 'replica-away')
      this.#withoutReplica += 1;
    else if (message.type === 'PullReply' && from === this.#roles.broker)
      this.#deliveries.lives(message.epoch);
    else if (message.type === 'SendBack') this.#deliveries.sentBack(from, group, message);
    else if (message.type === 'AckOffset')
      this.#deliveries.finished(from, group, message.epoch, message.queue, message.offset);
    else if (message.type === 'Pull' && to === this.#roles.broker)
      for (const { queue, done } of message.positions)
        this.#deliveries.finished(from, group, message.epoch, queue, done);
  }

  applied(node: NodeId, delivery: Delivery, result: Result): void {
    this.#talk.applied(node, delivery, result);
    this.#deliveries.applied(groupOf(this.#roles, node), delivery, result);
  }

  alarmed(key: string): void {
    this.#alarms += 1;
    this.#money.alarmed(key);
  }

  refused(key: string): void {
    this.#money.refused(key);
  }

  audited(amounts: Readonly<Record<string, number>>): void {
    this.#audits += 1;
    if (!addsUp(amounts, this.#config.balance, this.#config.stock)) this.#torn += 1;
  }

  amounts(node: NodeId, drift: Drift): void {
    this.#money.amounts(node, drift);
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
      checks: this.#halves.checks,
      redeliveries: this.#deliveries.redeliveries,
      'open-halves-max': this.#halves.openMax,
      'refused-without-replica': this.#withoutReplica,
    });
  }

  unfinished(): readonly InvariantViolation[] {
    const lost = this.#config.mode === 'outbox' ? 'every-row-sent' : 'no-loss';
    return this.#money.unfinished(lost, (key) => this.#deliveries.state.known.has(key));
  }
}

function keyedName(record: ProducerRecord | ConsumerRecord): string {
  return `${record.kind}:${record.kind === 'receipt' ? record.id : record.key}`;
}

function entryName({ record }: Entry): string {
  if (record.kind === 'half') return `half:${record.half}`;
  return record.kind === 'message' ? `message:${record.content.key}` : record.kind;
}
