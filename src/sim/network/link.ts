import type { Message, NodeId } from '../engine/env.ts';
import type { RandomStream } from '../engine/random.ts';
import { latencySampler, type LatencyModel, type LatencySampler } from './latency.ts';

/** What a link does by itself, faults apart. Chances are in millionths (50000 is 5 %). */
export interface LinkProfile {
  readonly latency: LatencyModel;
  readonly lossPpm?: number;
  /** Gilbert-Elliott: each message may enter or leave the bad state, in which `lossPpm` of them are lost. */
  readonly burst?: {
    readonly enterPpm: number;
    readonly exitPpm: number;
    readonly lossPpm: number;
  };
  readonly duplicatePpm?: number;
  /** This share of messages is held back by up to `reorderByUs` more, so that later ones overtake. */
  readonly reorderPpm?: number;
  readonly reorderByUs?: number;
  /** Messages arrive in the order they were sent, as on one TCP connection. */
  readonly fifo?: boolean;
  readonly bytesPerSecond?: number;
  /** With `bytesPerSecond`: what may wait to be sent; the rest is lost. */
  readonly queueLimitBytes?: number;
}

/** A message on its way. */
export interface HeldMessage {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly call: number;
  readonly digest: number;
  readonly message: Message;
}

/** A message at the end of a clogged link. */
export interface PiledMessage extends HeldMessage {
  /** The trace row that sent it. */
  readonly cause: number;
}

/** Counts what a fault really did. */
export interface EffectCounter {
  count: number;
}

/** An extra behaviour laid over links while a fault lasts. */
export interface LinkRule {
  /** Message types it is about; null for all. */
  readonly types: ReadonlySet<string> | null;
  readonly dropPpm: number;
  readonly duplicatePpm: number;
  readonly corruptPpm: number;
  readonly reorderPpm: number;
  /** Added to each matching message's latency. */
  readonly delay: LatencySampler | null;
  readonly effect: EffectCounter;
}

/** What is decided about one message to come: the `left`-th of its type from now. */
export interface Journey {
  readonly type: string;
  left: number;
  /** Virtual times, one a copy; empty: it is lost. */
  readonly arrivesUs: readonly number[];
  readonly effect: EffectCounter;
}

/** One direction between two nodes. */
export class Link {
  readonly profile: LinkProfile;
  readonly latency: LatencySampler;
  readonly latencyStream: RandomStream;
  readonly lossStream: RandomStream;
  readonly chaosStream: RandomStream;
  readonly lossPpm: number;
  /** Effects of the partitions that cut this link now; the first one is credited. */
  readonly cuts: EffectCounter[] = [];
  /** Effects of the clogs that hold this link's messages back now. */
  readonly clogs: EffectCounter[] = [];
  readonly rules: LinkRule[] = [];
  readonly journeys: Journey[] = [];
  /** What a clog holds back, oldest first; after the clog, until all of it has arrived. */
  readonly pile: PiledMessage[] = [];
  /** True while nothing but latency and independent loss can happen: the fast path. */
  simple = true;
  /** How often {@link refresh} was called. */
  changes = 0;
  inBurst = false;
  lastArrivalUs = -1;
  busyUntilUs = 0;
  readonly #plainProfile: boolean;

  constructor(
    profile: LinkProfile,
    stream: (purpose: string) => RandomStream,
    sampler: LatencySampler = latencySampler(profile.latency),
  ) {
    this.profile = profile;
    this.latency = sampler;
    this.latencyStream = stream('latency');
    this.lossStream = stream('loss');
    this.chaosStream = stream('chaos');
    this.lossPpm = profile.lossPpm ?? 0;
    this.#plainProfile =
      profile.burst === undefined &&
      (profile.duplicatePpm ?? 0) === 0 &&
      (profile.reorderPpm ?? 0) === 0 &&
      profile.fifo !== true &&
      profile.bytesPerSecond === undefined;
    this.refresh();
  }

  /** To be called after any change of `cuts`, `clogs`, `rules`, `journeys` or `pile`. */
  refresh(): void {
    this.changes += 1;
    this.simple = this.#plainProfile && !this.isTroubled();
  }

  /** True while a fault touches it, or what a clog held back has not arrived. */
  isTroubled(): boolean {
    return (
      this.cuts.length > 0 ||
      this.clogs.length > 0 ||
      this.pile.length > 0 ||
      this.rules.length > 0 ||
      this.journeys.length > 0
    );
  }

  /** Counts a message of this type that is being sent; its journey, when one was decided for it. */
  takeJourney(type: string): Journey | null {
    let taken: Journey | null = null;
    for (const journey of [...this.journeys]) {
      if (journey.type !== type) continue;
      journey.left -= 1;
      if (journey.left > 0) continue;
      this.journeys.splice(this.journeys.indexOf(journey), 1);
      taken ??= journey;
    }
    this.refresh();
    return taken;
  }

  /** Moves the burst state by one message and says whether that message is lost to it. */
  losesToBurst(): boolean {
    const { burst } = this.profile;
    if (burst === undefined) return false;
    const changes = this.lossStream.chance(this.inBurst ? burst.exitPpm : burst.enterPpm);
    if (changes) this.inBurst = !this.inBurst;
    return this.inBurst && this.lossStream.chance(burst.lossPpm);
  }
}
