import type { Disk, DiskError, NodeId } from '../../../src/sim/engine/env.ts';
import { RandomStreams } from '../../../src/sim/engine/random.ts';
import type { InvariantViolation } from '../../../src/protocols/protocol.ts';
import { classesFor } from '../../../src/protocols/raft/bugs.ts';
import type { Entry } from '../../../src/protocols/raft/entry.ts';
import type { RaftConfig } from '../../../src/protocols/raft/config.ts';
import type { RaftPort } from '../../../src/protocols/raft/core/port.ts';
import type { Raft } from '../../../src/protocols/raft/core/raft.ts';
import { RaftMonitor } from '../../../src/protocols/raft/ghost/monitor.ts';
import type { ClientReply, RaftMessage } from '../../../src/protocols/raft/messages.ts';
import { initialMembership } from '../../../src/protocols/raft/node.ts';
import { parseConfig } from '../../../src/protocols/raft/parse-config.ts';

/** Files in memory. What `powerLoss` keeps is what the last completed sync covered. */
class HandDisk implements Disk {
  #files = new Map<string, unknown[]>();
  #durable = new Map<string, unknown[]>();
  readonly tokens: number[] = [];

  read(file: string): readonly unknown[] {
    return this.#files.get(file) ?? [];
  }

  append(file: string, record: unknown): void {
    this.#files.set(file, [...this.read(file), record]);
  }

  truncate(file: string, length: number): void {
    this.#files.set(file, this.read(file).slice(0, length));
  }

  put(file: string, record: unknown): void {
    this.#files.set(file, [record]);
  }

  remove(file: string): void {
    this.#files.delete(file);
  }

  sync(token: number): void {
    this.tokens.push(token);
  }

  settle(): void {
    this.#durable = new Map(this.#files);
  }

  powerLoss(): void {
    this.#files = new Map(this.#durable);
    this.tokens.length = 0;
  }

  wipe(): void {
    this.#durable = new Map();
    this.powerLoss();
  }
}

export interface Letter {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: RaftMessage;
}

/** One server whose world is the test: nothing is sent, synced or timed out unless the test says so. */
export class Hand {
  readonly disk = new HandDisk();
  readonly timers = new Map<string, number>();
  readonly sent: Letter[] = [];
  readonly replies: { to: NodeId; call: number; reply: ClientReply }[] = [];
  readonly marks: string[] = [];
  nowUs = 0;
  raft!: Raft;
  /** Complete each sync at once. */
  autoSync = true;
  #incarnation = 0;
  readonly #id: NodeId;
  readonly #boot: (port: RaftPort) => Raft;
  readonly #streams: RandomStreams;

  constructor(id: NodeId, streams: RandomStreams, boot: (port: RaftPort) => Raft) {
    this.#id = id;
    this.#streams = streams;
    this.#boot = boot;
    this.start();
  }

  /** A new incarnation on the same disk. */
  start(): void {
    this.#incarnation += 1;
    this.timers.clear();
    this.disk.tokens.length = 0;
    const incarnation = this.#incarnation;
    const current = (): boolean => incarnation === this.#incarnation;
    this.raft = this.#boot({
      id: this.#id,
      incarnation,
      disk: this.disk,
      nameOf: (id) => `n${id + 1}`,
      wallUs: () => this.nowUs,
      monotonicUs: () => this.nowUs,
      random: (purpose) => this.#streams.get(`node/n${this.#id + 1}/${purpose}`),
      send: (to, message) => {
        if (current()) this.sent.push({ from: this.#id, to, message: message as RaftMessage });
      },
      reply: (to, call, message) => {
        this.replies.push({ to, call, reply: message as unknown as ClientReply });
      },
      setTimer: (name, delayUs) => this.timers.set(name, delayUs),
      cancelTimer: (name) => this.timers.delete(name),
      mark: (name) => this.marks.push(name),
      log: () => undefined,
      exit: (reason) => {
        throw new Error(`${this.#id}: ${reason}`);
      },
    });
    this.raft.start();
    this.settle();
  }

  powerLoss(): void {
    this.disk.powerLoss();
    this.start();
  }

  step(from: NodeId, message: RaftMessage, call = 0): void {
    this.raft.step(from, message, call);
    this.settle();
  }

  timeout(timer: string): void {
    this.timers.delete(timer);
    this.raft.timeout(timer);
    this.settle();
  }

  /** Ends the syncs under way. */
  sync(error: DiskError | null = null): void {
    while (this.disk.tokens.length > 0) {
      this.disk.tokens.shift();
      if (error === null) this.disk.settle();
      this.raft.synced(error);
    }
  }

  settle(): void {
    if (this.autoSync) this.sync();
  }

  /** Takes what was sent since the last call. */
  take(): Letter[] {
    return this.sent.splice(0);
  }

  /** Taken messages of one type. */
  takeOf<T extends RaftMessage['type']>(type: T): Extract<RaftMessage, { type: T }>[] {
    return this.take()
      .map(({ message }) => message)
      .filter((message): message is Extract<RaftMessage, { type: T }> => message.type === type);
  }

  /** The log as terms, from index 1: `[1, 1, 2]`. */
  terms(): number[] {
    const { log } = this.raft;
    const terms: number[] = [];
    for (let index = log.compactedIndex + 1; index <= log.lastIndex; index += 1)
      terms.push(log.termAt(index)!);
    return terms;
  }
}

/** Entries of the given terms, from index 1 on; index and term name the content. */
export function entriesOf(terms: readonly number[]): Entry[] {
  return terms.map((term, at) => ({
    index: at + 1,
    term,
    prevTerm: at === 0 ? 0 : terms[at - 1]!,
    command: {
      session: 0,
      sequence: 0,
      f: 'write',
      key: 'x',
      value: `${at + 1}/${term}`,
    },
    membership: null,
    timeUs: 0,
  }));
}

/** Several servers, a mailbox between them, and the invariants watching. */
export class HandCluster {
  readonly hands: Hand[] = [];
  readonly violations: InvariantViolation[] = [];
  readonly config: RaftConfig;
  readonly monitor: RaftMonitor;
  mail: Letter[] = [];

  constructor(
    size: number,
    config: Readonly<Record<string, unknown>> = {},
    bug: string | null = null,
  ) {
    this.config = parseConfig({ batch: '0ms', ...config }, size);
    const servers = Array.from({ length: size }, (_, id) => id);
    const initial = initialMembership(servers, this.config);
    const monitor = new RaftMonitor(
      servers,
      this.config,
      initial,
      (id) => `n${id + 1}`,
      (violation) => this.violations.push(violation),
      () => Math.max(0, ...this.hands.map((hand) => hand.nowUs)),
    );
    this.monitor = monitor;
    const streams = new RandomStreams('hand');
    const { core: Core } = classesFor(bug);
    for (const id of servers)
      this.hands.push(
        new Hand(id, streams, (port) => new Core(port, this.config, initial, monitor)),
      );
  }

  /** Moves what was sent into the mailbox, then delivers what `keep` lets through until nothing moves. */
  stabilize(keep: (letter: Letter) => boolean = () => true): void {
    for (let round = 0; round < 200; round += 1) {
      this.collect();
      const mail = this.mail.filter(keep);
      this.mail = [];
      if (mail.length === 0) return;
      for (const letter of mail) this.deliver(letter);
    }
    throw new Error('the servers do not stop sending');
  }

  collect(): void {
    for (const hand of this.hands) this.mail.push(...hand.take());
  }

  deliver(letter: Letter): void {
    this.hands[letter.to]?.step(letter.from, letter.message);
  }

  /** The server campaigns among the given ones (itself included), and everybody else hears nothing. */
  campaign(id: NodeId, among?: readonly NodeId[]): void {
    this.drop();
    this.hands[id]!.timeout('election');
    this.stabilize(this.between(among));
  }

  propose(id: NodeId, value: unknown): void {
    this.hands[id]!.step(
      99,
      { type: 'ClientRequest', session: 0, sequence: 0, f: 'write', key: 'x', value },
      1,
    );
  }

  /** A heartbeat of the server, and all that follows, among the given servers. */
  heartbeat(id: NodeId, among?: readonly NodeId[]): void {
    this.hands[id]!.timeout('heartbeat');
    this.stabilize(this.between(among));
  }

  /** Loses everything under way. */
  drop(): void {
    this.collect();
    this.mail = [];
  }

  between(among?: readonly NodeId[]): (letter: Letter) => boolean {
    if (among === undefined) return () => true;
    return ({ from, to }) => among.includes(from) && among.includes(to);
  }

  terms(): number[][] {
    return this.hands.map((hand) => hand.terms());
  }
}
