/** How a client counts its lease; the first is the default. */
export const LEASE_COUNTS = ['from-sending', 'as-clientv3'] as const;

export type LeaseCounted = (typeof LEASE_COUNTS)[number];

/** How often `deadlineLoop` looks (clientv3/lease.go of etcd 3.4: `time.After(time.Second)`), µs. */
export const LOOK_US = 1_000_000;

/** Until when a client counts on its lease. All times by its own clock, µs. */
export interface LeaseCount {
  /** `sentUs`: when it last asked for the lease; `answeredUs`: when it read the answer. */
  untilUs(sentUs: number, answeredUs: number): number;
}

/** The leader cannot have heard before the request was sent: the lease lasts at least as long (Gray & Cheriton 1989, §2). */
class FromSending implements LeaseCount {
  readonly #ttlUs: number;

  constructor(ttlUs: number) {
    this.#ttlUs = ttlUs;
  }

  untilUs(sentUs: number): number {
    return sentUs + this.#ttlUs;
  }
}

/**
 * clientv3/lease.go: `recvKeepAlive` counts from the answer, and `deadlineLoop`, which begins with the client's first lease,
 * looks once a second whether that time is over. Not here: before its first keepalive is answered, clientv3 counts 5 s,
 * or its dial timeout and a second, in place of the time to live.
 */
class AsClientv3 implements LeaseCount {
  readonly #ttlUs: number;
  #beganUs: number | null = null;

  constructor(ttlUs: number) {
    this.#ttlUs = ttlUs;
  }

  untilUs(_sentUs: number, answeredUs: number): number {
    this.#beganUs ??= answeredUs;
    const deadlineUs = answeredUs + this.#ttlUs;
    // The deadline must be before the look, not at it.
    const looks = Math.floor((deadlineUs - this.#beganUs) / LOOK_US) + 1;
    return this.#beganUs + looks * LOOK_US;
  }
}

const CLASSES = { 'from-sending': FromSending, 'as-clientv3': AsClientv3 } as const;

export function leaseCount(counted: LeaseCounted, ttlUs: number): LeaseCount {
  return new CLASSES[counted](ttlUs);
}
