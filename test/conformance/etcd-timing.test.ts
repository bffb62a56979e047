import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { SimulatedEtcd } from './etcd-simulated.ts';
import { CHECK_MS, ELECTION_MS, etcdTiming, TTL_MS, type EtcdTiming } from './etcd-timing.ts';
import { RealEtcd } from './real-etcd.ts';

const MODE = process.env['CONFORMANCE'] ?? '';
const GOLDEN = new URL('../golden/etcd-3.4.23-timing.json', import.meta.url);
const recorded = JSON.parse(readFileSync(GOLDEN, 'utf8')) as EtcdTiming;

/** Requests, a look every 20 ms, and the transaction that ends a lease. */
const SLACK_MS = 150;

/** A time after which a lease is over: not before its time, and one look of the lessor later at the latest. */
function expectWindow(ms: number, ttlMs: number): void {
  expect(ms).toBeGreaterThanOrEqual(ttlMs - SLACK_MS);
  expect(ms).toBeLessThanOrEqual(ttlMs + CHECK_MS + SLACK_MS);
}

function expectTimes(timing: EtcdTiming): void {
  expectWindow(timing.goneAfterGrantMs, TTL_MS);
  expectWindow(timing.goneAfterKeepAliveMs, TTL_MS);
  // A new leader adds an election timeout to every lease, whatever had passed of it.
  expectWindow(timing.goneAfterRestartMs, TTL_MS + ELECTION_MS);
}

it.each([
  ['the real etcd, when it was recorded,', () => Promise.resolve(recorded)],
  ['the simulated etcd', () => etcdTiming(new SimulatedEtcd())],
] as const)('%s ends leases within one look of the lessor after their time', async (_, show) => {
  const timing = await show();
  expectTimes(timing);
  expect(timing.leastTtlMs).toBe(recorded.leastTtlMs);
  expect(timing.keepAliveOfUnknown).toBe(recorded.keepAliveOfUnknown);
  expect(timing.revoked).toEqual(recorded.revoked);
});

it('a lease of one second is longer than asked for, and a revoked one takes its keys in one revision', () => {
  expect(recorded.leastTtlMs).toBe(2_000);
  expect(recorded.keepAliveOfUnknown).toBe('LeaseNotFound');
  expect(recorded.revoked).toEqual({ keysLeft: 0, revisions: 1 });
});

it.skipIf(MODE === '')('a real etcd server keeps the same times', { timeout: 90_000 }, async () => {
  const server = new RealEtcd(19_043);
  try {
    await server.start();
    const real = await etcdTiming(server);
    if (MODE === 'record') writeFileSync(GOLDEN, `${JSON.stringify(real, null, 2)}\n`);
    expectTimes(real);
    const { leastTtlMs, keepAliveOfUnknown, revoked } = recorded;
    expect(real).toMatchObject({ leastTtlMs, keepAliveOfUnknown, revoked });
  } finally {
    await server.stop();
  }
});
