import { describe, expect, it } from 'vitest';

import type { NodeEnv } from '../../../src/sim/engine/env.ts';
import { TIMER } from '../../../src/sim/engine/event-kind.ts';
import type { NodeHost } from '../../../src/sim/engine/node-host.ts';
import type { Simulation } from '../../../src/sim/engine/simulation.ts';
import { buildWorld, countRows } from '../support/build-world.ts';

interface TimerWorld {
  readonly simulation: Simulation;
  readonly host: NodeHost;
  /** `<true time> <timer>` of everything that fired. */
  readonly fired: string[];
  /** Runs `action` as an event at a true time. */
  readonly at: (atUs: number, action: (env: NodeEnv) => void) => void;
}

/** One node whose timers a test sets from outside. */
function timerWorld(onStart: (env: NodeEnv) => void): TimerWorld {
  const fired: string[] = [];
  let current: NodeEnv | null = null;
  const { simulation, hosts } = buildWorld({
    nodes: {
      n1: (env) => ({
        onStart: () => {
          current = env;
          if (env.incarnation === 1) onStart(env);
        },
        onTimer: (name) => {
          fired.push(`${simulation.nowUs} ${name}`);
        },
      }),
    },
  });
  return {
    simulation,
    host: hosts[0]!,
    fired,
    at: (atUs, action) => {
      simulation.control(atUs, 'test step', () => {
        action(current!);
      });
    },
  };
}

describe('a named timer', () => {
  it('fires once, after its delay', () => {
    const { simulation, fired } = timerWorld((env) => {
      env.setTimer('a', 500);
      env.setTimer('b', 200);
    });
    simulation.run();
    expect(fired).toEqual(['200 b', '500 a']);
  });

  it('set again later fires only at the later time, and costs one event however often it is moved', () => {
    const { simulation, fired, at } = timerWorld((env) => {
      env.setTimer('election', 100);
    });
    for (let atUs = 50; atUs <= 1_000; atUs += 50)
      at(atUs, (env) => {
        env.setTimer('election', 100);
      });
    simulation.run();
    expect(fired).toEqual(['1100 election']);
    expect(countRows(simulation, TIMER)).toBe(1);
  });

  it('set again earlier fires only at the earlier time', () => {
    const { simulation, fired, at } = timerWorld((env) => {
      env.setTimer('a', 900);
    });
    at(100, (env) => {
      env.setTimer('a', 50);
    });
    simulation.run();
    expect(fired).toEqual(['150 a']);
  });

  it('moved later, then earlier, then later fires once at the last time asked for', () => {
    const { simulation, fired, at } = timerWorld((env) => {
      env.setTimer('a', 500);
    });
    at(10, (env) => {
      env.setTimer('a', 2_000);
    });
    at(20, (env) => {
      env.setTimer('a', 100);
    });
    at(30, (env) => {
      env.setTimer('a', 700);
    });
    simulation.run();
    expect(fired).toEqual(['730 a']);
  });

  it('cancelled never fires; cancelled and set again fires at the new time only', () => {
    const { simulation, fired, at } = timerWorld((env) => {
      env.setTimer('gone', 100);
      env.setTimer('back', 100);
      env.cancelTimer('never set');
    });
    at(50, (env) => {
      env.cancelTimer('gone');
      env.cancelTimer('back');
      env.setTimer('back', 300);
    });
    simulation.run();
    expect(fired).toEqual(['350 back']);
  });

  it('may be set again while it fires', () => {
    const times: number[] = [];
    const { simulation } = buildWorld({
      nodes: {
        n1: (env) => ({
          onStart: () => {
            env.setTimer('tick', 10);
          },
          onTimer: () => {
            times.push(env.monotonicUs());
            if (times.length < 4) env.setTimer('tick', 10);
          },
        }),
      },
    });
    simulation.run();
    expect(times).toEqual([10, 20, 30, 40]);
  });

  it.each([-1, NaN, Infinity])(
    'refuses a delay of %d µs: the node crashes with the reason',
    (delayUs) => {
      const { simulation, host } = timerWorld((env) => {
        env.setTimer('a', delayUs);
      });
      simulation.run();
      expect(host.status).toBe('down');
      expect(simulation.failures[0]!.error.message).toContain(`setTimer('a', ${delayUs})`);
    },
  );
});

describe('a timer follows its node’s monotonic clock', () => {
  it('comes early on a fast clock and late on a slow one', () => {
    const { simulation, fired, host, at } = timerWorld((env) => {
      env.setTimer('a', 1_000);
    });
    host.clock.setDrift(1_000_000, 0);
    at(800, (env) => {
      host.clock.setDrift(-500_000, simulation.nowUs);
      host.clockChanged();
      env.setTimer('b', 1_000);
    });
    simulation.run();
    expect(fired).toEqual(['500 a', '2800 b']);
  });

  it('is moved when the drift changes while it is set', () => {
    const { simulation, fired, host, at } = timerWorld((env) => {
      env.setTimer('a', 1_000);
    });
    at(500, () => {
      host.clock.setDrift(1_000_000, simulation.nowUs);
      host.clockChanged();
    });
    simulation.run();
    expect(fired).toEqual(['750 a']);
  });

  it('waits out a freeze, whether set before or during it, and goes on after the thaw', () => {
    const { simulation, fired, host, at } = timerWorld((env) => {
      env.setTimer('before', 1_000);
    });
    at(400, () => {
      host.clock.setFrozen(true, simulation.nowUs);
      host.clockChanged();
    });
    at(600, (env) => {
      env.setTimer('during', 50);
    });
    at(5_000, () => {
      expect(fired).toEqual([]);
      host.clock.setFrozen(false, simulation.nowUs);
      host.clockChanged();
    });
    simulation.run();
    expect(fired).toEqual(['5050 during', '5600 before']);
  });

  it('is not moved by a step of the wall clock', () => {
    const { simulation, fired, host, at } = timerWorld((env) => {
      env.setTimer('a', 1_000);
    });
    at(500, (env) => {
      host.clock.step(-400_000);
      host.clockChanged();
      expect(env.wallUs()).toBe(-399_500);
    });
    simulation.run();
    expect(fired).toEqual(['1000 a']);
  });
});

describe('a timer and its incarnation', () => {
  it('is dropped by a crash for good', () => {
    const { simulation, fired, host, at } = timerWorld((env) => {
      env.setTimer('old', 1_000);
    });
    at(500, () => {
      host.crash('process-kill');
    });
    simulation.start(0, 700);
    at(800, (env) => {
      env.setTimer('new', 1_000);
    });
    simulation.run();
    expect(fired).toEqual(['1800 new']);
  });

  it('that ran out during a pause fires at the resume; one cancelled by what came before it does not', () => {
    const { simulation, fired, host, at } = timerWorld((env) => {
      env.setTimer('a', 300);
      env.setTimer('later', 2_000);
    });
    at(100, () => {
      host.pause();
    });
    at(1_000, () => {
      expect(fired).toEqual([]);
      host.resume();
    });
    simulation.run();
    expect(fired).toEqual(['1000 a', '2000 later']);
  });

  it('that ran out during a pause stays silent when the node cancels it first', () => {
    const fired: string[] = [];
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: (env) => ({
          onStart: () => {
            env.setTimer('a', 1_500);
          },
          onMessage: () => {
            env.cancelTimer('a');
          },
          onTimer: (name) => {
            fired.push(name);
          },
        }),
        n2: (env) => ({
          onStart: () => {
            env.send(0, { type: 'Cancel' });
          },
        }),
      },
    });
    simulation.control(500, 'pause', () => {
      hosts[0]!.pause();
    });
    simulation.control(9_000, 'resume', () => {
      hosts[0]!.resume();
    });
    simulation.run();
    expect(fired).toEqual([]);
  });

  it('fired by hand fires now and only once; one that is not set does not', () => {
    const { simulation, fired, host, at } = timerWorld((env) => {
      env.setTimer('a', 1_000);
    });
    at(200, () => {
      expect(host.timers.fireNow('a')).toBe(true);
      expect(host.timers.fireNow('unknown')).toBe(false);
    });
    at(300, () => {
      expect(host.timers.fireNow('a')).toBe(false);
    });
    simulation.run();
    expect(fired).toEqual(['200 a']);
  });
});
