import { describe, expect, it } from 'vitest';

import { messaging } from '../../../src/protocols/messaging/index.ts';
import type { MessagingMonitor } from '../../../src/protocols/messaging/monitor.ts';
import { parseConfig } from '../../../src/protocols/messaging/config.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { runScenario } from '../../../src/scenario/run.ts';

/** The longest time from A's commit to B's effect when every EndTx of the first `lostMs` is lost, in µs. */
function windowUs(lostMs: number): number {
  let monitor: MessagingMonitor | null = null;
  const watched = {
    ...messaging,
    createMonitor: (...parameters: Parameters<typeof messaging.createMonitor>): MessagingMonitor =>
      (monitor = messaging.createMonitor(...parameters)),
  };
  const text = `
name: window
title: window
protocol: messaging
topology: { servers: [a, mq, b], clients: 2 }
config: { immunity: 300ms, checkInterval: 500ms }
network: { latency: 5ms }
disk: { sync: 1ms }
duration: 4s
liveness: 40s
workload: { mix: { transfer: 1 }, keys: 2, operations: 5 }
faults:
  - { id: lost, at: 0ms, for: ${lostMs}ms, kind: messages, types: [EndTx], drop: 100% }`;
  const scenario = compileScenario(text, 'window.yaml', { messaging: watched });
  runScenario(scenario, { seed: '1' });
  return monitor!.windowMaxUs;
}

describe('the window between A and B', () => {
  it('is at most immunity and as many check intervals as the outage took, plus the way', () => {
    for (const lostMs of [200, 1_000, 2_000]) {
      const checks = Math.ceil(lostMs / 500) + 1;
      const bound = 300_000 + checks * 500_000 + 100_000;
      expect(windowUs(lostMs)).toBeLessThanOrEqual(bound);
    }
    expect(windowUs(2_000)).toBeGreaterThan(1_000_000);
  });
});

describe('the configuration of reliable messages', () => {
  it('refuses what cannot work', () => {
    expect(() => parseConfig({}, 4)).toThrow(/3 servers here, not 4/);
    expect(() => parseConfig({ checkInterval: '0s' }, 3)).toThrow(/over before it begins/);
    expect(() => parseConfig({ retryTable: [] }, 3)).toThrow(/not a list of durations/);
    expect(() => parseConfig({ checkMax: 0 }, 3)).toThrow(/at least 1/);
    expect(() => parseConfig({ pullTimeout: '400ms' }, 3)).toThrow(/not longer than pullHold/);
    expect(() => parseConfig({ memberTimeout: '1s' }, 3)).toThrow(/one lost pull/);
    expect(() => parseConfig({ replication: 'sync' }, 3)).toThrow(/there is no replica/);
    expect(() => parseConfig({ groups: 2, onDead: 'reverse' }, 4)).toThrow(/another has carried/);
    expect(() => parseConfig({ relays: 2 }, 5)).toThrow(/half messages need no relay/);
    expect(() => parseConfig({ mode: 'outbox', instances: 1 }, 4)).toThrow(/outbox is written by/);
    expect(() => parseConfig({ producers: 2, instances: 1 }, 5)).toThrow(/whose database/);
    expect(() => parseConfig({ mode: 'outbox', producers: 2, relays: 1 }, 5)).toThrow(
      /whose outbox/,
    );
    expect(() => parseConfig({ claimLease: '100ms' }, 3)).toThrow(/not longer than sendTimeout/);
    expect(() => parseConfig({ replicas: 2 }, 5)).toThrow(/from 0 to 1/);
    expect(() => parseConfig({ workers: 2 }, 4)).toThrow(/5 servers here, not 4/);
    expect(() => parseConfig({ inboxRetention: '61s' }, 3)).toThrow(/inboxRetention is not longer/);
    expect(() => parseConfig({ inboxRetention: '5m', messageLifetime: '6m' }, 3)).toThrow(
      /inboxRetention is not longer/,
    );
  });
});
