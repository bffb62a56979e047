/** How an etcd server keeps the time of leases; golden/etcd-3.4.23-timing.json has what a real one showed. Times in ms. */
export interface EtcdTiming {
  /** What is granted when 1 s is asked for: the least there is. */
  readonly leastTtlMs: number;
  /** From the answer to a grant until the lease's key is gone, nobody keeping it alive; and when first looked at, it was there. */
  readonly goneAfterGrantMs: number;
  /** From the answer to a keepalive, sent when half of the time was over. */
  readonly goneAfterKeepAliveMs: number;
  readonly keepAliveOfUnknown: 'ok' | 'LeaseNotFound';
  /** Revoking a lease with two keys: how many are left, and how many revisions that took. */
  readonly revoked: { readonly keysLeft: number; readonly revisions: number };
  /** From the first answer of a server that was killed half of the time after the grant and started again. */
  readonly goneAfterRestartMs: number;
}

/** How a server is made to show it; the real and the simulated one are driven alike. */
export interface TimedEtcd {
  /** The time to live that was granted. */
  readonly grant: (lease: number, ttlMs: number) => Promise<number>;
  readonly put: (key: string, lease: number) => Promise<void>;
  readonly exists: (key: string) => Promise<boolean>;
  readonly keepAlive: (lease: number) => Promise<'ok' | 'LeaseNotFound'>;
  readonly revoke: (lease: number) => Promise<void>;
  readonly revision: () => Promise<number>;
  /** Process kill, start, and the first answer. */
  readonly restart: () => Promise<void>;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

export const TTL_MS = 3_000;
/** How often etcd's lessor looks for leases that have ended. */
export const CHECK_MS = 500;
/** etcd's default election timeout: what a new leader adds to every lease. */
export const ELECTION_MS = 1_000;
const LOOK_MS = 20;

export async function etcdTiming(server: TimedEtcd): Promise<EtcdTiming> {
  const untilGone = async (key: string): Promise<number> => {
    const fromMs = server.nowMs();
    while (await server.exists(key)) await server.wait(LOOK_MS);
    return server.nowMs() - fromMs;
  };
  const leased = async (lease: number, key: string): Promise<void> => {
    await server.put(key, lease);
  };
  const leastTtlMs = await server.grant(1, 1_000);

  await server.grant(2, TTL_MS);
  await leased(2, 'a');
  const goneAfterGrantMs = await untilGone('a');

  await server.grant(3, TTL_MS);
  await leased(3, 'a');
  await server.wait(TTL_MS / 2);
  await server.keepAlive(3);
  const goneAfterKeepAliveMs = await untilGone('a');
  const keepAliveOfUnknown = await server.keepAlive(99);

  await server.grant(4, 600_000);
  await leased(4, 'a');
  await leased(4, 'b');
  const before = await server.revision();
  await server.revoke(4);
  const revisions = (await server.revision()) - before;
  const keysLeft = Number(await server.exists('a')) + Number(await server.exists('b'));

  await server.grant(5, TTL_MS);
  await leased(5, 'a');
  await server.wait(TTL_MS / 2);
  await server.restart();
  const goneAfterRestartMs = await untilGone('a');
  return {
    leastTtlMs,
    goneAfterGrantMs,
    goneAfterKeepAliveMs,
    keepAliveOfUnknown,
    revoked: { keysLeft, revisions },
    goneAfterRestartMs,
  };
}
