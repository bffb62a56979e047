/** What the probes of a real Redis 7.0.15 found; golden/redis-7.0.15-findings.json has what it answered. */
export interface RedisFindings {
  /** PTTL after SET PX, then a plain SET, then SET XX: a plain SET takes the time to live away. */
  readonly pttlAfterSet: readonly unknown[];
  /** GET after kill -9 shortly after SET, by append-only mode. */
  readonly afterKill: Readonly<Record<'off' | 'everysec' | 'always', unknown>>;
  /** How much of the time to live had passed over a restart that took `downMs`: at least that. */
  readonly elapsedWhileDown: boolean;
  /** GET right before and right after the time to live: an interval, never early. */
  readonly aroundDeadline: readonly unknown[];
  /** EVALSHA before the script is loaded, after, and after a restart. */
  readonly evalsha: readonly unknown[];
}

/** How a server is made to show them; the real and the simulated one are driven alike. */
export interface FindingsServer {
  readonly send: (command: readonly string[]) => Promise<unknown>;
  /** Process kill, `downMs` of silence, restart. */
  readonly restart: (downMs: number) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
}

const TTL_MS = 60_000;
const SHORT_MS = 500;
const DOWN_MS = 700;

/** Shows all findings; `serverFor` starts a server with this append-only mode. */
export async function findings(
  serverFor: (aof: 'off' | 'everysec' | 'always') => Promise<FindingsServer>,
): Promise<RedisFindings> {
  const kept: Record<string, unknown> = {};
  for (const aof of ['off', 'everysec', 'always'] as const) {
    const server = await serverFor(aof);
    await server.send(['SET', 'k', 'v', 'NX', 'PX', String(TTL_MS)]);
    await server.wait(100);
    await server.restart(0);
    kept[aof] = await server.send(['GET', 'k']);
  }
  const server = await serverFor('always');
  const pttlAfterSet: unknown[] = [];
  await server.send(['SET', 'k', 'v', 'PX', String(TTL_MS)]);
  await server.send(['SET', 'k', 'w']);
  pttlAfterSet.push(await server.send(['PTTL', 'k']));
  await server.send(['PEXPIRE', 'k', String(TTL_MS)]);
  await server.send(['SET', 'k', 'x', 'XX']);
  pttlAfterSet.push(await server.send(['PTTL', 'k']));

  await server.send(['SET', 'long', 'v', 'PX', String(TTL_MS)]);
  const noScript = await server.send(['EVALSHA', 'release', '1', 'k', 'v']);
  await server.send(['SCRIPT', 'LOAD', 'release']);
  const loaded = await server.send(['EVALSHA', 'release', '1', 'k', 'v']);
  await server.restart(DOWN_MS);
  const leftMs = (await server.send(['PTTL', 'long'])) as number;
  const forgotten = await server.send(['EVALSHA', 'release', '1', 'k', 'v']);

  await server.send(['SET', 'short', 'v', 'PX', String(SHORT_MS)]);
  await server.wait(SHORT_MS / 2);
  const before = await server.send(['GET', 'short']);
  await server.wait(SHORT_MS / 2 + 20);
  const after = await server.send(['GET', 'short']);
  return {
    pttlAfterSet,
    afterKill: kept as RedisFindings['afterKill'],
    elapsedWhileDown: leftMs > 0 && leftMs <= TTL_MS - DOWN_MS,
    aroundDeadline: [before, after],
    evalsha: [noScript, loaded, forgotten],
  };
}
