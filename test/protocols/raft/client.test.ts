import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sim/faults/fault.ts';
import { World } from './world.ts';

function serving(options: Omit<ConstructorParameters<typeof World>[0], 'seed'> = {}): World {
  const world = new World({ seed: 'client', ...options });
  world.runUntil('a leader', () => world.leader() !== null);
  return world;
}

const CLIENT = 3;

const everythingLost: Fault = {
  id: 'lost',
  start: { atUs: 0 },
  end: null,
  action: { kind: 'links', kept: [] },
};

describe('a client', () => {
  it('finds the leader and performs every operation', () => {
    const world = serving();
    expect(world.do(CLIENT, 'read', 'x')).toEqual({ type: 'ok', value: null });
    expect(world.do(CLIENT, 'write', 'x', 1)).toEqual({ type: 'ok', value: null });
    expect(world.do(CLIENT, 'cas', 'x', [1, 'a'])).toEqual({ type: 'ok', value: null });
    expect(world.do(CLIENT, 'append', 'x', 'b')).toEqual({ type: 'ok', value: null });
    expect(world.do(CLIENT, 'read', 'x')).toEqual({ type: 'ok', value: 'ab' });
    expect(world.do(CLIENT, 'delete', 'x')).toEqual({ type: 'ok', value: null });
    expect(world.do(CLIENT, 'read', 'x')).toEqual({ type: 'ok', value: null });
  });

  it('reports a cas that found another value as failed by comparison', () => {
    const world = serving();
    expect(world.do(CLIENT, 'cas', 'x', [1, 2])).toEqual({ type: 'fail', error: 'compare' });
  });

  it.each(['redirect', 'forward'])('is served whichever server it asks first (%s)', (requests) => {
    for (let seed = 0; seed < 6; seed += 1) {
      const world = new World({ seed: `first/${seed}`, config: { requests } });
      world.runUntil('a leader', () => world.leader() !== null);
      expect(world.do(CLIENT, 'write', 'x', seed).type).toBe('ok');
    }
  });

  it('calls a write unknown when nothing came back, and a read failed', () => {
    const world = serving();
    world.do(CLIENT, 'write', 'x', 1);
    world.faults([{ ...everythingLost, start: { atUs: world.simulation.nowUs } }]);
    world.runFor(5_000);
    expect(world.do(CLIENT, 'write', 'x', 2)).toMatchObject({ type: 'info' });
    expect(world.do(CLIENT, 'read', 'x')).toMatchObject({ type: 'fail' });
  });

  it('calls a write failed when no session could be opened: it was never sent', () => {
    const world = new World({ seed: 'client' });
    world.faults([everythingLost]);
    world.runFor(1_000);
    expect(world.do(CLIENT, 'write', 'x', 1)).toEqual({
      type: 'fail',
      error: 'no session could be opened',
    });
  });

  it('repeats a lost write within its session, and it takes effect once', () => {
    const world = serving({ config: { attemptTimeout: '60ms' } });
    world.do(CLIENT, 'write', 'x', 'a');
    world.faults([
      {
        id: 'silence',
        start: { atUs: world.simulation.nowUs },
        end: { forUs: 300_000 },
        action: {
          kind: 'one-way',
          from: { kind: 'servers' },
          to: { kind: 'clients' },
        },
      },
    ]);
    world.runFor(1_000);
    expect(world.do(CLIENT, 'append', 'x', 'b')).toEqual({ type: 'ok', value: null });
    expect(world.do(CLIENT, 'read', 'x')).toEqual({ type: 'ok', value: 'ab' });
  });

  it('without sessions does not repeat a write that may have happened', () => {
    const world = serving({ config: { sessions: false, attemptTimeout: '60ms' } });
    world.do(CLIENT, 'write', 'x', 'a');
    world.faults([{ ...everythingLost, start: { atUs: world.simulation.nowUs } }]);
    world.runFor(5_000);
    const askedUs = world.simulation.nowUs;
    expect(world.do(CLIENT, 'append', 'x', 'b')).toMatchObject({ type: 'info' });
    expect(world.simulation.nowUs - askedUs).toBeLessThan(100_000);
  });

  it('opens a new session when its own has expired', () => {
    const world = serving({ config: { sessionExpiry: '100ms' }, clients: 2 });
    expect(world.do(CLIENT, 'write', 'x', 1).type).toBe('ok');
    world.runFor(300_000);
    expect(world.do(CLIENT + 1, 'write', 'y', 1).type).toBe('ok');
    expect(world.do(CLIENT, 'write', 'x', 2)).toEqual({ type: 'fail', error: 'session expired' });
    expect(world.do(CLIENT, 'write', 'x', 3).type).toBe('ok');
  });
});
