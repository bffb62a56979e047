import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

const SERVERS = 3;
const CLIENT = SERVERS;

/** A cluster at rest that knows its leader, whose client does too. */
function settled(config: Readonly<Record<string, unknown>> = {}): World {
  const world = new World({ seed: 'budget', config });
  world.runUntil('a leader', () => world.leader() !== null, 200_000_000);
  expect(world.do(CLIENT, 'write', 'x', 0).type).toBe('ok');
  world.runFor(200_000);
  return world;
}

/** Messages sent while `act` runs, those of clients included. */
function sent(world: World, act: () => void): number {
  const before = world.network.sent;
  act();
  return world.network.sent - before;
}

describe('what things cost in messages (bounds in the manner of MIT 6.5840, Lab 3)', () => {
  it('a first election stays under 30 messages', () => {
    const world = new World({ seed: 'election', clients: 0 });
    const count = sent(world, () => {
      world.runUntil('a leader', () => world.leader() !== null);
    });
    expect(count).toBeGreaterThanOrEqual(SERVERS - 1);
    expect(count).toBeLessThanOrEqual(30);
  });

  it('an idle second costs at most 60 messages a second at ten heartbeats', () => {
    const world = settled({ heartbeat: '100ms', electionTimeout: ['400ms', '800ms'] });
    const count = sent(world, () => {
      world.runFor(1_000_000);
    });
    expect(count).toBeGreaterThanOrEqual(30);
    expect(count).toBeLessThanOrEqual(60);
  });

  it('ten writes one after the other cost at most (10 + 1 + 3) x 3 messages between servers', () => {
    const world = settled({ heartbeat: '10s', electionTimeout: ['60s', '61s'] });
    const count = sent(world, () => {
      for (let value = 1; value <= 10; value += 1) world.do(CLIENT, 'write', 'x', value);
    });
    // A request and an answer each are the client's own.
    expect(count - 20).toBeLessThanOrEqual((10 + 1 + 3) * 3);
    expect(count - 20).toBeGreaterThanOrEqual(10 * (SERVERS - 1));
  });

  it.each([
    ['leaderLocal', {}, 0],
    ['lease', { checkQuorum: true, stickyLeader: true }, 0],
    ['readIndex', {}, 4],
    ['log', {}, 4],
  ])('a read by %s %j costs %i messages beyond request and answer', (reads, more, servers) => {
    const world = settled({ reads, ...more, heartbeat: '2s', electionTimeout: ['60s', '61s'] });
    const count = sent(world, () => {
      world.do(CLIENT, 'read', 'x');
    });
    expect(count - 2).toBe(servers);
  });

  it('a command is sent to each follower once', () => {
    const world = settled({ heartbeat: '10s', electionTimeout: ['60s', '61s'] });
    const carried = new Map<number, number>();
    const { observer } = world.simulation;
    world.simulation.observer = {
      ...observer,
      onSend: (_from, to, message) => {
        if (message.type === 'AppendEntries' && 'entries' in message)
          carried.set(to, (carried.get(to) ?? 0) + (message.entries as unknown[]).length);
      },
    };
    for (let value = 1; value <= 20; value += 1) world.do(CLIENT, 'write', 'x', value);
    expect([...carried.values()]).toEqual([20, 20]);
  });
});
