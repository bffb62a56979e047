import type { Published } from '../redis/index.ts';
import type { Ballot } from './quorum-call.ts';
import type { Question } from './redlock.ts';

/** What waiting for a lock needs of the lock service. Times in µs of the client's clock. */
export interface WaitingPorts {
  readonly askAll: (question: Question) => void;
  readonly isWon: (ballot: Ballot) => boolean;
  readonly after: (delayUs: number, act: () => void) => void;
  readonly retryDelayUs: () => number;
  /** After news: how long before asking. */
  readonly wakeDelayUs: () => number;
  /** Whether one that has just subscribed asks again before it waits. */
  readonly asksAfterSubscribing: () => boolean;
  /** When a majority will be free of the lock that these answers tell of, µs from then; 0: nothing is known. */
  readonly freeUs: (ballot: Ballot) => number;
  /** For how long news are waited for at most, when without them the lock is free after `freeUs`, more than 0. */
  readonly patienceUs: (freeUs: number) => number;
  /** Told when a subscription is asked for, and when news of the channel are waited for. */
  readonly subscribing: (channel: string) => void;
  readonly waits: (channel: string) => void;
}

/** How a client that did not get a lock waits before it asks again. */
export interface Waiting {
  /** An attempt begins: news from now on are news. */
  asks(channel: string): void;
  /** Calls `again` when it is worth asking once more, after these answers. */
  pause(channel: string, ballot: Ballot | null, again: () => void): void;
  /** It has the lock, or wants it no more. */
  done(channel: string): void;
  heard(message: Published): void;
}

/** Asks again after a random pause, as the published algorithm does. */
export class Polling implements Waiting {
  readonly #ports: WaitingPorts;

  constructor(ports: WaitingPorts) {
    this.#ports = ports;
  }

  asks(): void {}

  pause(_channel: string, _ballot: Ballot | null, again: () => void): void {
    this.#ports.after(this.#ports.retryDelayUs(), again);
  }

  done(): void {}

  heard(): void {}
}

interface Subscription {
  /** Whether a majority of the servers took it, and nothing since speaks against that. */
  confirmed: boolean;
  /** News came since the last attempt began. */
  news: boolean;
  /** Ends the wait; null: nobody waits. */
  wake: (() => void) | null;
}

/**
 * Waits to be told, as Redisson does: subscribes, asks once more, for the lock may have been released meanwhile, and
 * then waits for news. They are a hint and no promise: a message may be lost and a restarted server forgets who listens, so
 * that nobody waits for longer than the lock can live, and whoever heard nothing subscribes anew.
 */
export class Notified implements Waiting {
  readonly #ports: WaitingPorts;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(ports: WaitingPorts) {
    this.#ports = ports;
  }

  asks(channel: string): void {
    const subscription = this.#subscriptions.get(channel);
    if (subscription !== undefined) subscription.news = false;
  }

  pause(channel: string, ballot: Ballot | null, again: () => void): void {
    const freeUs = ballot === null ? 0 : this.#ports.freeUs(ballot);
    const subscription = this.#subscriptions.get(channel);
    // Nothing says that a majority keeps it from us: there may be nothing to be told.
    if (freeUs === 0) this.#ports.after(this.#ports.retryDelayUs(), again);
    else if (subscription?.confirmed !== true) this.#subscribe(channel, freeUs, again);
    else if (subscription.news) this.#ports.after(this.#ports.wakeDelayUs(), again);
    else this.#wait(channel, subscription, freeUs, again);
  }

  done(channel: string): void {
    if (!this.#subscriptions.delete(channel)) return;
    this.#ports.askAll({
      request: () => ({ type: 'Subscribe', command: ['UNSUBSCRIBE', channel] }),
      isYes: () => true,
      then: () => undefined,
    });
  }

  heard({ channel }: Published): void {
    const subscription = this.#subscriptions.get(channel);
    if (subscription === undefined) return;
    subscription.news = true;
    subscription.wake?.();
  }

  #subscribe(channel: string, freeUs: number, again: () => void): void {
    const subscription: Subscription = { confirmed: false, news: false, wake: null };
    this.#subscriptions.set(channel, subscription);
    this.#ports.subscribing(channel);
    this.#ports.askAll({
      request: () => ({ type: 'Subscribe', command: ['SUBSCRIBE', channel] }),
      isYes: Array.isArray,
      then: (ballot) => {
        subscription.confirmed = this.#ports.isWon(ballot);
        if (!subscription.confirmed) this.#ports.after(this.#ports.retryDelayUs(), again);
        else if (this.#ports.asksAfterSubscribing()) again();
        else this.#wait(channel, subscription, freeUs, again);
      },
    });
  }

  #wait(channel: string, subscription: Subscription, freeUs: number, again: () => void): void {
    this.#ports.waits(channel);
    const end = (): boolean => {
      if (subscription.wake !== wake) return false;
      subscription.wake = null;
      return true;
    };
    const wake = (): void => {
      if (end()) this.#ports.after(this.#ports.wakeDelayUs(), again);
    };
    subscription.wake = wake;
    const patienceUs = this.#ports.patienceUs(freeUs);
    if (patienceUs === Infinity) return;
    this.#ports.after(patienceUs, () => {
      if (!end()) return;
      subscription.confirmed = false;
      again();
    });
  }
}
