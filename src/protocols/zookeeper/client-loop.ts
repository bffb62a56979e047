/** `MAX_SEND_PING_INTERVAL` of ClientCnxn: whoever is woken after so long without a word of its own pings. */
const MAX_SEND_PING_INTERVAL_US = 10_000_000;
/** Whoever has said nothing for longer than this pings this much earlier, when something wakes it. */
const EARLY_US = 1_000_000;

/** How long a client that no server takes waits before it asks the next. */
export const RETRY_US = 20_000;
/** What part of its session timeout a client's system lets pass before it sends a ping again that nobody answers. */
const REPEATS_A_TIMEOUT = 12;

export function repeatUs(sessionTimeoutUs: number): number {
  return Math.floor(sessionTimeoutUs / REPEATS_A_TIMEOUT);
}

/** After so much silence of its server a client gives its connection up (ClientCnxn.onConnected). */
export function readTimeoutUs(sessionTimeoutUs: number): number {
  return Math.floor((sessionTimeoutUs * 2) / 3);
}

/** How long a client waits for one server to take it (ClientCnxn.onConnected). */
export function connectTimeoutUs(sessionTimeoutUs: number, servers: number): number {
  return Math.floor(sessionTimeoutUs / servers);
}

/**
 * When the thread that speaks to the server gives the connection up, pings, and looks again: the loop of
 * ClientCnxn.SendThread.run (ZooKeeper 3.8). It turns when something arrives, when something is sent, and when the time
 * has passed for which it went to sleep. So a client that nothing wakes pings every half read timeout, a third of the
 * session timeout, also when that is more than the ten seconds that it looks at only when it is woken.
 */
export class ClientLoop {
  readonly readTimeoutUs: number;
  readonly #nowUs: () => number;
  #heardUs = 0;
  #sentUs = 0;

  /** `nowUs`: the client's monotonic clock. */
  constructor(sessionTimeoutUs: number, nowUs: () => number) {
    this.readTimeoutUs = readTimeoutUs(sessionTimeoutUs);
    this.#nowUs = nowUs;
  }

  /** The server has said something, whatever it was. */
  heard(): void {
    this.#heardUs = this.#nowUs();
  }

  /** The client has said something, whatever it was. */
  sent(): void {
    this.#sentUs = this.#nowUs();
  }

  isLost(): boolean {
    return this.#untilLostUs() <= 0;
  }

  isPingDue(): boolean {
    return this.#untilPingUs() <= 0 || this.#idleSendUs() > MAX_SEND_PING_INTERVAL_US;
  }

  /** How long to sleep when nothing wakes it. */
  sleepUs(): number {
    return Math.max(0, Math.min(this.#untilLostUs(), this.#untilPingUs()));
  }

  #untilLostUs(): number {
    return this.readTimeoutUs - (this.#nowUs() - this.#heardUs);
  }

  #untilPingUs(): number {
    const idleUs = this.#idleSendUs();
    return Math.floor(this.readTimeoutUs / 2) - idleUs - (idleUs > EARLY_US ? EARLY_US : 0);
  }

  #idleSendUs(): number {
    return this.#nowUs() - this.#sentUs;
  }
}
