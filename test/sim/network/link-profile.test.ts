import { describe, expect, it } from 'vitest';

import type { Message, NodeEnv } from '../../../src/sim/engine/env.ts';
import { DROP, DROP_REASONS } from '../../../src/sim/engine/event-kind.ts';
import type { LinkProfile } from '../../../src/sim/network/link.ts';
import { buildWorld, handingOut, rowsOf, type BuiltWorld } from '../support/build-world.ts';

interface Numbered extends Message {
  readonly number: number;
}

interface Sent extends BuiltWorld {
  /** The numbers that arrived, in order, and when. */
  readonly arrived: number[];
  readonly times: number[];
}

/** n1 sends `count` numbered messages to n2, one every `everyUs`. */
function sendMany(
  profile: LinkProfile,
  count: number,
  everyUs: number,
  options: { ties?: 'fifo' | 'shuffled'; message?: (number: number) => Message } = {},
): Sent {
  const arrived: number[] = [];
  const times: number[] = [];
  let env: NodeEnv | null = null;
  const world = buildWorld({
    ties: options.ties ?? 'fifo',
    links: [{ from: 0, to: 1, profile }],
    nodes: {
      n1: handingOut((given) => (env = given)),
      n2: () => ({
        onMessage: (_from, message) => {
          arrived.push((message as Numbered).number);
          times.push(world.simulation.nowUs);
        },
      }),
    },
  });
  const message = options.message ?? ((number): Numbered => ({ type: 'N', number }));
  for (let number = 0; number < count; number += 1)
    world.simulation.control(100 + number * everyUs, 'send', () => {
      env!.send(1, message(number));
    });
  world.simulation.run();
  return { ...world, arrived, times };
}

const steady = { kind: 'constant', us: 1_000 } as const;
const jittery = { kind: 'uniform', minUs: 0, maxUs: 5_000 } as const;

function reasonsOf(world: BuiltWorld): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rowsOf(world.simulation))
    if (row.kind === DROP) {
      const reason = DROP_REASONS[row.a]!;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  return counts;
}

describe('a link', () => {
  it('loses its share of messages, each by itself, and accounts for every one', () => {
    const world = sendMany({ latency: steady, lossPpm: 100_000 }, 5_000, 10);
    // Four standard deviations around 500.
    expect(Math.abs(world.network.lost - 500)).toBeLessThan(85);
    expect(world.network.delivered + world.network.lost).toBe(world.network.sent);
    expect(world.arrived).toHaveLength(world.network.delivered);
    expect([...reasonsOf(world)]).toEqual([['loss', world.network.lost]]);
  });

  it('loses in bursts: as much as the two states say, and in runs', () => {
    const world = sendMany(
      { latency: steady, burst: { enterPpm: 10_000, exitPpm: 100_000, lossPpm: 900_000 } },
      10_000,
      10,
    );
    const share = world.network.lost / 10_000;
    // In the bad state 1/11 of the time, where 90 % are lost: 8.2 %.
    expect(share).toBeGreaterThan(0.055);
    expect(share).toBeLessThan(0.11);
    expect([...reasonsOf(world).keys()]).toEqual(['burst loss']);
    const got = new Set(world.arrived);
    let followed = 0;
    for (let number = 0; number < 9_999; number += 1)
      if (!got.has(number) && !got.has(number + 1)) followed += 1;
    // A loss is followed by a loss 0.9 x 0.9 of the time; independent losses would be 8 %.
    expect(followed / world.network.lost).toBeGreaterThan(0.7);
  });

  it('duplicates its share of messages, each copy with a latency of its own', () => {
    const { arrived, network, times } = sendMany(
      { latency: jittery, duplicatePpm: 200_000 },
      3_000,
      10_000,
    );
    const copies = arrived.length - 3_000;
    expect(Math.abs(copies - 600)).toBeLessThan(90);
    expect(new Set(arrived).size).toBe(3_000);
    expect(network.delivered).toBe(arrived.length);
    expect(new Set(times).size).toBeGreaterThan(arrived.length - 20);
  });

  it('lets messages overtake when it reorders, and never when nothing is held back', () => {
    const inversions = (numbers: readonly number[]): number =>
      numbers.filter((number, index) => index > 0 && number < numbers[index - 1]!).length;
    expect(inversions(sendMany({ latency: steady }, 1_000, 100).arrived)).toBe(0);
    const reordered = sendMany(
      { latency: steady, reorderPpm: 100_000, reorderByUs: 2_000 },
      1_000,
      100,
    );
    expect(reordered.arrived).toHaveLength(1_000);
    expect(inversions(reordered.arrived)).toBeGreaterThan(40);
    const lateBy = reordered.times.map(
      (at, index) => at - (1_100 + reordered.arrived[index]! * 100),
    );
    expect(Math.min(...lateBy)).toBe(0);
    expect(Math.max(...lateBy)).toBeLessThan(2_000);
  });

  it.each(['fifo', 'shuffled'] as const)(
    'that is FIFO keeps the order whatever the latencies (%s ties)',
    (ties) => {
      const profile = { latency: jittery, fifo: true, reorderPpm: 200_000, duplicatePpm: 50_000 };
      const { arrived } = sendMany(profile, 2_000, 50, { ties });
      const early = arrived.filter((number, index) => index > 0 && number < arrived[index - 1]!);
      expect(early).toEqual([]);
      expect(new Set(arrived).size).toBe(2_000);
    },
  );

  it('with a bandwidth sends one after the other', () => {
    // 1,000 bytes a second: each byte takes a millisecond.
    const sizeBytes = JSON.stringify({ type: 'N', number: 0 }).length;
    const { times } = sendMany({ latency: steady, bytesPerSecond: 1_000 }, 5, 0);
    expect(times).toEqual([1, 2, 3, 4, 5].map((nth) => 100 + 1_000 + nth * sizeBytes * 1_000));
  });

  it('with a queue limit loses what would wait beyond it, and recovers once the queue is sent', () => {
    const sizeBytes = JSON.stringify({ type: 'N', number: 0 }).length;
    const profile = { latency: steady, bytesPerSecond: 1_000_000, queueLimitBytes: 3 * sizeBytes };
    const atOnce = sendMany(profile, 8, 0);
    expect(atOnce.arrived).toEqual([0, 1, 2]);
    expect([...reasonsOf(atOnce)]).toEqual([['queue full', 5]]);
    // One message takes `sizeBytes` µs: at that pace nothing queues.
    expect(sendMany(profile, 8, sizeBytes).arrived).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('measures a message in bytes, not in characters', () => {
    const message = (): Message & { text: string } => ({ type: 'N', text: 'ü€𝄞' });
    const sizeBytes = new TextEncoder().encode(JSON.stringify(message())).length;
    const { times } = sendMany({ latency: steady, bytesPerSecond: 1_000 }, 1, 0, { message });
    expect(times).toEqual([100 + 1_000 + sizeBytes * 1_000]);
  });

  it('draws latency and loss from streams of its own: other links do not move them', () => {
    const profile = { latency: jittery, lossPpm: 100_000 };
    const arrivals = (chatter: boolean): number[] => {
      const times: number[] = [];
      const { simulation } = buildWorld({
        profile,
        nodes: {
          n1: (env) => ({
            onStart: () => {
              for (let count = 0; count < 200; count += 1) {
                env.send(1, { type: 'A' });
                if (chatter) env.send(2, { type: 'B' });
              }
            },
          }),
          n2: (env) => ({
            onMessage: () => {
              times.push(env.monotonicUs());
            },
          }),
          n3: (env) => ({
            onMessage: (from) => {
              if (chatter) env.send(from, { type: 'C' });
            },
          }),
        },
      });
      simulation.run();
      return times;
    };
    expect(arrivals(true)).toEqual(arrivals(false));
  });
});
