import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/protocols/protocol.ts';
import { parseLogs } from '../../../src/protocols/raft/planted-logs.ts';
import { World } from './world.ts';

describe('logs that servers start with', () => {
  it('are found on the disks, the highest term is known to all, and one log wins', () => {
    const world = new World({ seed: 'planted', config: { logs: [[1, 1, 3], [1, 2], []] } });
    world.runFor(1_000);
    expect(world.servers.map((id) => world.server(id).log.lastIndex)).toEqual([3, 2, 0]);
    expect(world.servers.map((id) => world.server(id).currentTerm)).toEqual([3, 3, 3]);
    world.runUntil('one log', () => world.servers.every((id) => world.server(id).commitIndex > 2));
    const terms = world.servers.map((id) => [1, 2, 3].map((at) => world.server(id).log.termAt(at)));
    expect(new Set(terms.map(String)).size).toBe(1);
    expect(world.violations).toEqual([]);
  });

  it('are planted once: a restart finds what the server has written since', () => {
    const world = new World({ seed: 'planted', config: { logs: [[1], [1], [1]] } });
    world.faults([
      {
        id: 'blackout',
        start: { atUs: 1_000_000 },
        end: { forUs: 1_000 },
        action: { kind: 'power-loss', target: { kind: 'nodes', names: ['n1'] } },
      },
    ]);
    world.runFor(1_000_000);
    expect(world.server(0).commitIndex).toBeGreaterThan(1);
    world.runFor(5_000);
    expect(world.server(0).log.lastIndex).toBeGreaterThan(1);
    expect(world.violations).toEqual([]);
  });

  it.each([
    ['no list', 'three', /no list of logs/],
    ['a term that falls', [[2, 1]], /never falling/],
    ['a term of 0', [[0]], /1 or more/],
    ['more logs than servers', [[1], [1], [1], [1]], /4 logs for 3 servers/],
    [
      'logs that break log matching',
      [
        [1, 3],
        [2, 3],
      ],
      /an entry of term 3 at index 2/,
    ],
  ])('%s is refused', (_, logs, reason) => {
    expect(() => parseLogs(logs, 3)).toThrow(ConfigError);
    expect(() => parseLogs(logs, 3)).toThrow(reason);
  });
});
