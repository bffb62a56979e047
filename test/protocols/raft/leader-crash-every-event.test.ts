import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

const CLIENT = 5;
const DOWN_US = 400_000;
/** Crashes so many events after the answer too: the followers have yet to hear of the commitment. */
const AFTERWARDS = 30;

type Crash = 'kill' | 'power loss';

interface Told {
  /** From the request to its answer. */
  readonly events: number;
  readonly outcome: string;
  /** Each application of an update appends one word. */
  readonly state: unknown;
}

/**
 * One update, and its leader crashes right after the `at`-th event since it was asked for (null: never). The leader
 * comes back, everybody settles, and the client reads. Safety is judged in each story.
 */
function story(crash: Crash, sessions: boolean, at: number | null): Told {
  const world = new World({
    seed: 'every-event',
    servers: 5,
    config: { sessions, attemptTimeout: '60ms' },
    unsynced: 'none',
  });
  world.do(CLIENT, 'append', 'x', 'first ');
  const leader = world.leader()!.id;
  const { trace } = world.simulation;
  const from = trace.events;
  world.perform(CLIENT, 'append', 'x', 'update ');
  if (at !== null) {
    world.simulation.run({ maxEvents: from + at });
    if (crash === 'power loss') world.disks.powerLoss(leader);
    else world.simulation.hosts[leader]!.crash('process-kill');
    world.simulation.control(world.simulation.nowUs + DOWN_US, 'restart', () => {
      world.simulation.start(leader);
    });
  }
  world.runUntil('the update ends', () => world.done.length === 2, 20_000_000);
  const events = trace.events - from;
  const { outcome } = world.done[1]!;
  world.runFor(1_500_000);
  const { value } = world.do(CLIENT, 'read', 'x');
  expect(world.violations).toEqual([]);
  expect(world.simulation.failures).toEqual([]);
  expect(world.linearizable()).toBe('holds');
  const ends = world.servers.map((id) => {
    const { log, machine, commitIndex } = world.server(id);
    return `log to ${log.lastIndex}/${log.lastTerm}, commit ${commitIndex}, state ${machine.stateHash}`;
  });
  expect(new Set(ends), `crash after event ${at}`).toHaveProperty('size', 1);
  return { events, outcome: outcome.type, state: value };
}

describe('the leader crashes after each event of one update, exhaustively', () => {
  it.each<[Crash, boolean]>([
    ['kill', true],
    ['kill', false],
    ['power loss', true],
    ['power loss', false],
  ])(
    '%s, sessions %s: all servers agree, and the update takes effect at most once',
    (crash, sessions) => {
      const { events, outcome } = story(crash, sessions, null);
      expect(outcome).toBe('ok');
      const states = new Map<string, number>();
      const last = events + AFTERWARDS;
      for (let at = 0; at <= last; at += 1) {
        const told = story(crash, sessions, at);
        const seen = `${told.outcome}: ${String(told.state)}`;
        states.set(seen, (states.get(seen) ?? 0) + 1);
      }
      // Inside a session the client repeats until it is done; without one it may only learn that it does not know.
      const possible = sessions
        ? ['ok: first update ']
        : ['ok: first update ', 'info: first ', 'info: first update '];
      expect(new Set(states.keys())).toEqual(new Set(possible));
      expect([...states.values()].reduce((sum, count) => sum + count)).toBe(last + 1);
    },
  );
});
