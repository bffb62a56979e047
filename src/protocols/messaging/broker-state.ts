import type { BrokerRecord, Content, HalfEnd } from './records.ts';

export interface Half {
  readonly half: string;
  readonly content: Content;
  /** Of the monotonic clock of whoever keeps the state; a restart begins it anew. */
  readonly bornUs: number;
  checks: number;
}

/** A message in a queue; `attempt` counts from 1. */
export interface Queued {
  readonly content: Content;
  readonly attempt: number;
}

/** What one consumer group has done. */
export interface Group {
  /** For each queue, the retry queue last: everything below is finished. */
  readonly offsets: number[];
  readonly retryQueue: Queued[];
  /** In the retry table, by key and attempt. */
  readonly waiting: Map<string, Queued>;
  readonly dead: Set<string>;
}

/** What a broker's log means: half messages, queues, and how far each group is. No I/O; the monitor keeps one too. */
export class BrokerState {
  readonly halves = new Map<string, Half>();
  readonly ended = new Map<string, HalfEnd>();
  readonly queues: readonly Queued[][];
  readonly groups: readonly Group[];
  /** What A shall take back, by key. */
  readonly toReverse = new Map<string, Content>();
  /** Every key that ever was a message. */
  readonly known = new Set<string>();

  constructor(queueCount: number, groupCount: number) {
    this.queues = Array.from({ length: queueCount }, () => []);
    this.groups = Array.from({ length: groupCount }, () => ({
      offsets: Array.from({ length: queueCount + 1 }, () => 0),
      retryQueue: [],
      waiting: new Map(),
      dead: new Set(),
    }));
  }

  /** The number of every group's retry queue. */
  get retryQueueNumber(): number {
    return this.queues.length;
  }

  /** The queue with this number as `group` sees it. */
  queue(group: number, queue: number): readonly Queued[] {
    return this.queues[queue] ?? this.groups[group]!.retryQueue;
  }

  /** The queue of a sharding key: always the same. */
  queueOf(shardKey: string): number {
    let sum = 0;
    for (let at = 0; at < shardKey.length; at += 1) sum += shardKey.charCodeAt(at);
    return sum % this.queues.length;
  }

  apply(record: BrokerRecord, nowUs: number): void {
    switch (record.kind) {
      case 'half':
        this.halves.set(record.half, {
          half: record.half,
          content: record.content,
          bornUs: nowUs,
          checks: 0,
        });
        break;
      case 'checked': {
        const half = this.halves.get(record.half);
        if (half !== undefined) half.checks += 1;
        break;
      }
      case 'ops':
        for (const { half, end } of record.ends) {
          this.halves.delete(half);
          this.ended.set(half, end);
        }
        break;
      case 'message':
        this.queues[this.queueOf(record.content.shardKey)]!.push({
          content: record.content,
          attempt: 1,
        });
        this.known.add(record.content.key);
        break;
      case 'reversed':
        this.toReverse.delete(record.key);
        break;
      case 'offset':
      case 'waiting':
      case 'again':
      case 'dead':
      case 'toReverse':
        this.#applyToGroup(record, this.groups[record.group]!);
    }
  }

  #applyToGroup(record: Extract<BrokerRecord, { group: number }>, group: Group): void {
    if (record.kind === 'offset') {
      group.offsets[record.queue] = record.offset;
      return;
    }
    const { content } = record;
    if (record.kind === 'waiting')
      group.waiting.set(waitingKey(content.key, record.attempt), {
        content,
        attempt: record.attempt,
      });
    else if (record.kind === 'again') {
      group.waiting.delete(waitingKey(content.key, record.attempt));
      group.retryQueue.push({ content, attempt: record.attempt });
    } else if (record.kind === 'dead') group.dead.add(content.key);
    else this.toReverse.set(content.key, content);
  }
}

/** Names an entry of {@link Group.waiting}. */
export function waitingKey(key: string, attempt: number): string {
  return `${attempt}:${key}`;
}
