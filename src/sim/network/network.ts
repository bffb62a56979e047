import type { Message, NodeId } from '../engine/env.ts';
import {
  DELIVER,
  DROP,
  DROP_REASONS,
  DUPLICATE,
  RELEASE,
  SEND,
  type DropReason,
} from '../engine/event-kind.ts';
import type { Transport } from '../engine/ports.ts';
import type { Simulation } from '../engine/simulation.ts';
import { freezeDeep } from './freeze.ts';
import {
  Link,
  type EffectCounter,
  type HeldMessage,
  type Journey,
  type LinkProfile,
  type LinkRule,
} from './link.ts';
import { latencySampler, type LatencySampler } from './latency.ts';
import { wireSizeBytes } from './wire-size.ts';

export interface NetworkOptions {
  /** Every link not named in `links`. */
  readonly profile: LinkProfile;
  /** Exceptions, by direction. */
  readonly links?: readonly {
    readonly from: NodeId;
    readonly to: NodeId;
    readonly profile: LinkProfile;
  }[];
  /** Freeze every message when it is sent: changing one afterwards throws at the line that does it. */
  readonly freezeMessages?: boolean;
}

const LOOPBACK: LinkProfile = { latency: { kind: 'constant', us: 1 } };
const REORDER_BY_US = 10_000;

/** Directed links between all nodes, and what faults do to them. */
export class Network implements Transport {
  /** Messages sent, delivered and lost so far. */
  sent = 0;
  delivered = 0;
  lost = 0;
  /** How often a fault has begun or ended on some link. */
  changes = 0;
  readonly #simulation: Simulation;
  readonly #options: NetworkOptions;
  readonly #links: (Link | undefined)[] = [];
  readonly #samplers = new Map<LinkProfile, LatencySampler>();
  #lastMessage: Message | null = null;
  #lastDigest = 0;

  constructor(simulation: Simulation, options: NetworkOptions) {
    this.#simulation = simulation;
    this.#options = options;
    simulation.transport = this;
    simulation.on(DELIVER, (slot) => {
      this.#arrive(slot);
    });
    simulation.on(RELEASE, (slot) => {
      this.#release(this.link(simulation.queue.peer[slot]!, simulation.queue.node[slot]!));
    });
  }

  /** The link of one direction; made on first use. */
  link(from: NodeId, to: NodeId): Link {
    const index = from * this.#simulation.hosts.length + to;
    return this.#links[index] ?? this.#createLink(from, to, index);
  }

  #createLink(from: NodeId, to: NodeId, index: number): Link {
    const { streams, hosts } = this.#simulation;
    const own = this.#options.links?.find((link) => link.from === from && link.to === to);
    const profile = from === to ? LOOPBACK : (own?.profile ?? this.#options.profile);
    let sampler = this.#samplers.get(profile);
    if (sampler === undefined) {
      sampler = latencySampler(profile.latency);
      this.#samplers.set(profile, sampler);
    }
    const entity = `${hosts[from]!.name}>${hosts[to]!.name}`;
    const link = new Link(
      profile,
      (purpose) => streams.get(`network/${entity}/${purpose}`),
      sampler,
    );
    while (this.#links.length <= index) this.#links.push(undefined);
    this.#links[index] = link;
    return link;
  }

  send(from: NodeId, to: NodeId, message: Message, call: number): void {
    const simulation = this.#simulation;
    const count = simulation.hosts.length;
    if (!(to >= 0 && to < count))
      throw new RangeError(
        `${simulation.nameOf(from)} sent ${message.type} to node ${to}: expected an id in 0..${count - 1}`,
      );
    if (this.#options.freezeMessages === true) freezeDeep(message);
    const digest = this.#digestOf(message);
    this.sent += 1;
    simulation.record(SEND, from, to, call, digest, message);
    simulation.observer?.onSend?.(from, to, message);
    const link = this.#links[from * count + to] ?? this.link(from, to);
    if (!link.simple) {
      this.#sendThroughTrouble(link, { from, to, call, digest, message });
      return;
    }
    if (link.lossPpm > 0 && link.lossStream.chance(link.lossPpm)) {
      this.#drop(from, to, 'loss', digest, message);
      return;
    }
    const atUs = simulation.nowUs + link.latency(link.latencyStream);
    simulation.schedule(atUs, DELIVER, to, from, call, digest, message);
  }

  /** One message sent to several nodes is digested once: messages are never changed after they were sent. */
  #digestOf(message: Message): number {
    if (message !== this.#lastMessage) {
      this.#lastMessage = message;
      this.#lastDigest = this.#simulation.digester.of(message);
    }
    return this.#lastDigest;
  }

  #sendThroughTrouble(link: Link, held: HeldMessage): void {
    const { from, to, digest, message } = held;
    const { profile } = link;
    let delayUs = 0;
    let copies = 1;
    const journey = link.journeys.length > 0 ? link.takeJourney(message.type) : null;
    if (link.cuts.length > 0) {
      link.cuts[0]!.count += 1;
      this.#drop(from, to, 'partition', digest, message);
      return;
    }
    if (journey !== null) {
      this.#travel(journey, held);
      return;
    }
    for (const rule of link.rules) {
      if (rule.types !== null && !rule.types.has(message.type)) continue;
      const lost = rule.dropPpm > 0 && link.chaosStream.chance(rule.dropPpm);
      const corrupt = rule.corruptPpm > 0 && link.chaosStream.chance(rule.corruptPpm);
      if (lost || corrupt) {
        rule.effect.count += 1;
        this.#drop(from, to, lost ? 'rule' : 'corrupt', digest, message);
        return;
      }
      if (rule.duplicatePpm > 0 && link.chaosStream.chance(rule.duplicatePpm)) {
        rule.effect.count += 1;
        copies += 1;
      }
      if (rule.reorderPpm > 0 && link.chaosStream.chance(rule.reorderPpm)) {
        rule.effect.count += 1;
        delayUs += link.chaosStream.below(REORDER_BY_US);
      }
      if (rule.delay !== null) {
        rule.effect.count += 1;
        delayUs += rule.delay(link.chaosStream);
      }
    }
    if (link.lossPpm > 0 && link.lossStream.chance(link.lossPpm)) {
      this.#drop(from, to, 'loss', digest, message);
      return;
    }
    if (link.losesToBurst()) {
      this.#drop(from, to, 'burst loss', digest, message);
      return;
    }
    if ((profile.duplicatePpm ?? 0) > 0 && link.chaosStream.chance(profile.duplicatePpm!))
      copies += 1;
    if ((profile.reorderPpm ?? 0) > 0 && link.chaosStream.chance(profile.reorderPpm!))
      delayUs += link.chaosStream.below(profile.reorderByUs ?? REORDER_BY_US);
    if (profile.bytesPerSecond !== undefined) {
      const waitUs = this.#transmitUs(link, profile.bytesPerSecond, message);
      if (waitUs === null) {
        this.#drop(from, to, 'queue full', digest, message);
        return;
      }
      delayUs += waitUs;
    }
    for (let copy = 0; copy < copies; copy += 1) {
      if (copy > 0) this.#simulation.record(DUPLICATE, from, to, 0, digest, message);
      this.#scheduleArrival(link, held, delayUs);
    }
  }

  /** What was decided for this message, instead of the link's latency and chance. */
  #travel({ arrivesUs, effect }: Journey, held: HeldMessage): void {
    const simulation = this.#simulation;
    const { from, to, call, digest, message } = held;
    effect.count += 1;
    if (arrivesUs.length === 0) this.#drop(from, to, 'rule', digest, message);
    for (const [copy, arriveUs] of arrivesUs.entries()) {
      if (copy > 0) simulation.record(DUPLICATE, from, to, 0, digest, message);
      const atUs = Math.max(simulation.nowUs, arriveUs);
      simulation.schedule(atUs, DELIVER, to, from, call, digest, message);
    }
  }

  #scheduleArrival(link: Link, held: HeldMessage, delayUs: number): void {
    const simulation = this.#simulation;
    let atUs = simulation.nowUs + delayUs + link.latency(link.latencyStream);
    if (link.profile.fifo === true) {
      // Strictly later: in one microsecond the order of ties may be shuffled.
      atUs = Math.max(atUs, link.lastArrivalUs + 1);
      link.lastArrivalUs = atUs;
    }
    simulation.schedule(atUs, DELIVER, held.to, held.from, held.call, held.digest, held.message);
  }

  /** How long the message waits for and occupies the wire; null when the queue before it is too long. */
  #transmitUs(link: Link, bytesPerSecond: number, message: Message): number | null {
    const { nowUs } = this.#simulation;
    const sizeBytes = wireSizeBytes(message);
    const startUs = Math.max(nowUs, link.busyUntilUs);
    const queuedBytes = ((startUs - nowUs) * bytesPerSecond) / 1_000_000;
    if (queuedBytes + sizeBytes > (link.profile.queueLimitBytes ?? Infinity)) return null;
    link.busyUntilUs = startUs + Math.ceil((sizeBytes * 1_000_000) / bytesPerSecond);
    return link.busyUntilUs - nowUs;
  }

  /** A message is about to arrive: a fault that began while it travelled still gets it. */
  #arrive(slot: number): void {
    const simulation = this.#simulation;
    const { queue } = simulation;
    const to = queue.node[slot]!;
    const from = queue.peer[slot]!;
    const call = queue.a[slot]!;
    const digest = queue.digest[slot]!;
    const message = queue.payload[slot] as Message;
    const link = this.#links[from * simulation.hosts.length + to] ?? this.link(from, to);
    if (link.simple) this.#deliver(from, to, call, digest, message);
    else this.#arriveThroughTrouble(link, { from, to, call, digest, message });
  }

  #deliver(from: NodeId, to: NodeId, call: number, digest: number, message: Message): void {
    if (this.#simulation.deliver(to, from, call, digest, message)) this.delivered += 1;
    else this.#drop(from, to, 'node down', digest, message);
  }

  #arriveThroughTrouble(link: Link, held: HeldMessage): void {
    if (this.#isStopped(link, held)) return;
    const cause = this.#simulation.trace.lastCause;
    if (link.clogs.length > 0) {
      link.clogs[0]!.count += 1;
      link.pile.push({ ...held, cause });
    } else if (link.pile.length > 0) {
      // What piled up before it has yet to arrive.
      link.pile.push({ ...held, cause });
      this.#scheduleRelease(held.from, held.to);
    } else {
      this.#deliver(held.from, held.to, held.call, held.digest, held.message);
    }
  }

  /** Every release takes the oldest, whatever the order of ties. */
  #scheduleRelease(from: NodeId, to: NodeId): void {
    const simulation = this.#simulation;
    simulation.schedule(simulation.nowUs, RELEASE, to, from, 0, 0, undefined);
  }

  /** Lets the oldest message of the pile arrive; nothing, when the link was clogged again. */
  #release(link: Link): void {
    if (link.clogs.length > 0) return;
    const held = link.pile.shift();
    if (held === undefined) return;
    this.#simulation.trace.blame(held.cause);
    link.refresh();
    if (!this.#isStopped(link, held))
      this.#deliver(held.from, held.to, held.call, held.digest, held.message);
  }

  #isStopped(link: Link, held: HeldMessage): boolean {
    const { from, to, digest, message } = held;
    if (link.cuts.length > 0) {
      link.cuts[0]!.count += 1;
      this.#drop(from, to, 'partition', digest, message);
      return true;
    }
    for (const rule of link.rules)
      if (rule.dropPpm >= 1_000_000 && (rule.types === null || rule.types.has(message.type))) {
        rule.effect.count += 1;
        this.#drop(from, to, 'rule', digest, message);
        return true;
      }
    return false;
  }

  #drop(from: NodeId, to: NodeId, reason: DropReason, digest: number, message: Message): void {
    this.lost += 1;
    this.#simulation.record(DROP, from, to, DROP_REASONS.indexOf(reason), digest, message);
  }

  cut(from: NodeId, to: NodeId, effect: EffectCounter): void {
    this.#change(from, to, (link) => link.cuts.push(effect));
  }

  uncut(from: NodeId, to: NodeId, effect: EffectCounter): void {
    this.#change(from, to, (link) => {
      removeFrom(link.cuts, effect);
    });
  }

  addRule(from: NodeId, to: NodeId, rule: LinkRule): void {
    this.#change(from, to, (link) => link.rules.push(rule));
  }

  removeRule(from: NodeId, to: NodeId, rule: LinkRule): void {
    this.#change(from, to, (link) => {
      removeFrom(link.rules, rule);
    });
  }

  addJourney(from: NodeId, to: NodeId, journey: Journey): void {
    this.#change(from, to, (link) => link.journeys.push(journey));
  }

  removeJourney(from: NodeId, to: NodeId, journey: Journey): void {
    this.#change(from, to, (link) => {
      removeFrom(link.journeys, journey);
    });
  }

  /** From now on the link's messages pile up at its end. */
  clog(from: NodeId, to: NodeId, effect: EffectCounter): void {
    this.#change(from, to, (link) => link.clogs.push(effect));
  }

  /** The pile arrives at once, in the order it came. */
  unclog(from: NodeId, to: NodeId, effect: EffectCounter): void {
    this.#change(from, to, (link) => {
      removeFrom(link.clogs, effect);
    });
    const { clogs, pile } = this.link(from, to);
    if (clogs.length > 0) return;
    for (let count = pile.length; count > 0; count -= 1) this.#scheduleRelease(from, to);
  }

  #change(from: NodeId, to: NodeId, change: (link: Link) => void): void {
    const link = this.link(from, to);
    change(link);
    link.refresh();
    this.changes += 1;
  }
}

function removeFrom<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
