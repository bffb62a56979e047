import { describe, expect, it } from 'vitest';

import type { NodeEnv, NodeProgram } from '../../../src/sim/engine/env.ts';
import { DELIVER, KIND_NAMES, SEND } from '../../../src/sim/engine/event-kind.ts';
import { firstDivergence } from '../../../src/sim/engine/divergence.ts';
import type { Simulation } from '../../../src/sim/engine/simulation.ts';
import { CHECKPOINT_EVENTS, Trace, type TraceLevel } from '../../../src/sim/engine/trace.ts';
import { buildWorld, handingOut, idle, rowsOf, starting } from '../support/build-world.ts';

/** One step of node n1 at 10 µs, in a world of three. */
function hashOf(step: (env: NodeEnv) => void): string {
  const { simulation } = buildWorld({
    trace: 'off',
    nodes: {
      n1: (env) => ({
        onStart: () => {
          env.setTimer('go', 10);
        },
        onTimer: (name) => {
          if (name === 'go') step(env);
        },
      }),
      n2: idle,
      n3: idle,
    },
  });
  simulation.run();
  return simulation.trace.hash();
}

describe('the trace hash differs', () => {
  const base = hashOf((env) => {
    env.send(1, { type: 'A' });
    env.send(2, { type: 'B' });
  });

  it.each<[string, (env: NodeEnv) => void]>([
    [
      'when a payload differs in one field',
      (env) => {
        env.send(1, { type: 'A', extra: 1 } as { type: string });
        env.send(2, { type: 'B' });
      },
    ],
    [
      'when two sends change places',
      (env) => {
        env.send(2, { type: 'B' });
        env.send(1, { type: 'A' });
      },
    ],
    [
      'when a message goes to another node',
      (env) => {
        env.send(2, { type: 'A' });
        env.send(2, { type: 'B' });
      },
    ],
    [
      'when a number was drawn that changed nothing',
      (env) => {
        env.random('unused').below(2);
        env.send(1, { type: 'A' });
        env.send(2, { type: 'B' });
      },
    ],
    [
      'when a message was sent as a request',
      (env) => {
        env.spawn(
          (function* () {
            yield* env.call(1, { type: 'A' }, 1_000_000);
          })(),
        );
        env.send(2, { type: 'B' });
      },
    ],
    [
      'when a state change was marked',
      (env) => {
        env.mark('leader');
        env.send(1, { type: 'A' });
        env.send(2, { type: 'B' });
      },
    ],
    [
      'when one step is a microsecond later',
      (env) => {
        env.send(1, { type: 'A' });
        env.spawn(
          (function* () {
            yield* env.sleep(1);
            env.send(2, { type: 'B' });
          })(),
        );
      },
    ],
  ])('%s', (_what, step) => {
    expect(hashOf(step)).not.toBe(base);
  });

  it('when timers of other names fire', () => {
    const named = (names: readonly string[]): string =>
      hashOf((env) => {
        for (const name of names) env.setTimer(name, 5);
      });
    expect(named(['a', 'b'])).not.toBe(named(['b', 'a']));
    expect(named(['a', 'b'])).toBe(named(['a', 'b']));
  });

  it('when a mark’s detail differs, and not when only a log line does', () => {
    const marked = (term: number, text: string): string =>
      hashOf((env) => {
        env.mark('leader', { term });
        env.log(() => text);
      });
    expect(marked(1, 'x')).not.toBe(marked(2, 'x'));
    expect(marked(1, 'x')).toBe(marked(1, 'y'));
  });
});

describe('the time in the trace hash', () => {
  const hashAt = (timeUs: number): string => {
    const trace = new Trace('off', { draws: 0 });
    trace.record(timeUs, DELIVER, 0, 1, 0, 0, null);
    return trace.hash();
  };

  it.each([2 ** 31, 2 ** 32, 2 ** 33, 2 ** 40, 2 ** 52])('counts its bit of %i µs', (bitUs) => {
    expect(hashAt(7 + bitUs)).not.toBe(hashAt(7));
  });

  it('counts the upper bits apart from the lower ones', () => {
    const hashes = Array.from({ length: 64 }, (_, n) => hashAt((n % 8) + (n >> 3) * 2 ** 32));
    expect(new Set(hashes).size).toBe(64);
  });
});

describe('the trace', () => {
  function threeSends(level: TraceLevel): Simulation {
    let env: NodeEnv | null = null;
    const { simulation } = buildWorld({
      trace: level,
      nodes: { n1: handingOut((given) => (env = given)), n2: idle },
    });
    simulation.control(50, 'send', () => {
      for (const type of ['A', 'B', 'C']) env!.send(1, { type });
    });
    simulation.run();
    return simulation;
  }

  it('keeps rows with the event they belong to, the time, and the nodes', () => {
    const simulation = threeSends('full');
    const rows = rowsOf(simulation).map(
      ({ event, timeUs, kind, node, peer }) =>
        `${event} ${timeUs} ${KIND_NAMES[kind]!} ${node} ${peer}`,
    );
    expect(rows).toEqual([
      '1 0 start 0 -1',
      '2 0 start 1 -1',
      '3 50 control -1 -1',
      '3 50 send 0 1',
      '3 50 send 0 1',
      '3 50 send 0 1',
      '4 1050 deliver 1 0',
      '5 1050 deliver 1 0',
      '6 1050 deliver 1 0',
    ]);
    const sent = rowsOf(simulation).filter(({ kind }) => kind === SEND);
    const delivered = rowsOf(simulation).filter(({ kind }) => kind === DELIVER);
    expect(sent.map(({ payload }) => payload)).toEqual([
      { type: 'A' },
      { type: 'B' },
      { type: 'C' },
    ]);
    expect(delivered.map(({ digest }) => digest)).toEqual(sent.map(({ digest }) => digest));
  });

  it('keeps no payloads at level events and nothing at level off, with the same hash', () => {
    const [off, events, full] = (['off', 'events', 'full'] as const).map(threeSends);
    expect(new Set([off, events, full].map((one) => one!.trace.hash())).size).toBe(1);
    expect(events!.trace.row(3).payload).toBeUndefined();
    expect(off!.trace.keptRows()).toBe(0);
    expect(off!.trace.rows).toBe(9);
    expect(() => off!.trace.row(0)).toThrow('trace row 0 was not kept (level off, 9 rows)');
    expect(() => full!.trace.row(9)).toThrow('was not kept');
  });

  it('keeps rows over many chunks', () => {
    const trace = new Trace('full', { draws: 0 });
    for (let index = 0; index < 10_000; index += 1)
      trace.record(index, DELIVER, index % 5, -1, index, index * 3, index);
    for (const index of [0, 4_095, 4_096, 8_191, 8_192, 9_999])
      expect(trace.row(index)).toEqual({
        event: index + 1,
        timeUs: index,
        kind: DELIVER,
        node: index % 5,
        peer: -1,
        a: index,
        digest: index * 3,
        draws: 0,
        cause: index === 0 ? -1 : 0,
        payload: index,
      });
  });

  it('knows what led to each row: to the first of a dispatch what scheduled it, to the others that row', () => {
    const trace = new Trace('full', { draws: 0 });
    const record = (kind: number): void => {
      trace.record(0, kind, 0, 1, 0, 0, undefined);
    };
    trace.beginDispatch(-1);
    record(DELIVER);
    record(SEND);
    expect(trace.lastCause).toBe(1);
    trace.beginDispatch(1);
    expect(trace.lastCause).toBe(1);
    trace.blame(0);
    record(DELIVER);
    record(SEND);
    expect([0, 1, 2, 3].map((index) => trace.row(index).cause)).toEqual([-1, 0, 0, 2]);
  });

  it('notes its hash every 1,024 events', () => {
    const trace = new Trace('off', { draws: 0 });
    const hashes: string[] = [];
    for (let event = 1; event <= 3 * CHECKPOINT_EVENTS; event += 1) {
      trace.record(event, DELIVER, 0, 1, 0, event, undefined);
      // Rows inside an event count before the next event does.
      trace.record(event, SEND, 0, 1, 0, event, undefined);
      if (event % CHECKPOINT_EVENTS === 0) hashes.push(trace.hash());
    }
    trace.record(9_999, DELIVER, 0, 1, 0, 0, undefined);
    expect(CHECKPOINT_EVENTS).toBe(1_024);
    expect(trace.checkpoints()).toEqual([
      { event: 1_024, hash: hashes[0] },
      { event: 2_048, hash: hashes[1] },
      { event: 3_072, hash: hashes[2] },
    ]);
  });
});

/**
 * Two nodes tick every 10 µs and tell each other; from its `leakAt`-th tick on n1 tells itself first. What it does must
 * not depend on anything outside the world: `leakAt` plays the leak.
 */
function leakyWorld(leakAt: number, ticks = 2_000, level: TraceLevel = 'events'): Simulation {
  let done = 0;
  const ticking = (env: NodeEnv): NodeProgram => ({
    onStart: () => {
      env.setTimer('tick', 10);
    },
    onTimer: () => {
      if (env.id === 0) done += 1;
      const order = env.id === 0 && done >= leakAt ? [0, 1] : [1, 0];
      for (const peer of order) env.send(peer, { type: 'Tick' });
      if (done < ticks) env.setTimer('tick', 10);
    },
  });
  const { simulation } = buildWorld({ trace: level, nodes: { n1: ticking, n2: ticking } });
  simulation.run();
  return simulation;
}

/** The event in which n1 ticks for the `nth` time, by reading the whole trace. */
function eventOfTick(simulation: Simulation, nth: number): number {
  const ticks = rowsOf(simulation).filter(
    ({ kind, node }) => KIND_NAMES[kind] === 'timer' && node === 0,
  );
  return ticks[nth - 1]!.event;
}

describe('the first divergence', () => {
  const clean = leakyWorld(Infinity);

  it.each([1, 2, 171, 700, 1_999])(
    'of an order leak at tick %d is exactly that event',
    (leakAt) => {
      const leaky = leakyWorld(leakAt);
      expect(leaky.trace.hash()).not.toBe(clean.trace.hash());
      const divergence = firstDivergence(clean.trace, leaky.trace)!;
      expect(divergence.event).toBe(eventOfTick(clean, leakAt));
      expect([divergence.left?.kind, divergence.right?.kind]).toEqual([SEND, SEND]);
      expect([divergence.left?.peer, divergence.right?.peer]).toEqual([1, 0]);
    },
  );

  it('lies beyond the last equal checkpoint, which bisection finds', () => {
    const leaky = leakyWorld(1_500);
    const [a, b] = [clean.trace.checkpoints(), leaky.trace.checkpoints()];
    expect(a.length).toBeGreaterThan(6);
    const equal = a.filter((checkpoint, index) => checkpoint.hash === b[index]?.hash);
    const last = equal.at(-1)!.event;
    const { event } = firstDivergence(clean.trace, leaky.trace)!;
    expect(event).toBeGreaterThan(last);
    expect(event).toBeLessThanOrEqual(last + CHECKPOINT_EVENTS);
    // Once they differ they stay different: that is what makes bisection right.
    expect(a.slice(0, equal.length)).toEqual(b.slice(0, equal.length));
  });

  it('reads few rows however long the traces are', () => {
    const leaky = leakyWorld(1_500);
    let reads = 0;
    const counted = new Proxy(leaky.trace, {
      get: (trace, name) => {
        const value: unknown = Reflect.get(trace, name);
        if (typeof value !== 'function') return value;
        if (name === 'row') reads += 1;
        return (value as (...parts: unknown[]) => unknown).bind(trace);
      },
    });
    firstDivergence(clean.trace, counted);
    expect(leaky.trace.rows).toBeGreaterThan(15_000);
    expect(reads).toBeLessThan(4 * CHECKPOINT_EVENTS);
  });

  it('of a run that ended early is the first event the other still had', () => {
    const long = leakyWorld(Infinity, 500);
    const { left, right, event } = firstDivergence(long.trace, cutShort().trace)!;
    expect(right).toBeNull();
    expect(left!.event).toBe(event);
  });

  it('is none between equal runs', () => {
    expect(firstDivergence(clean.trace, leakyWorld(Infinity).trace)).toBeNull();
  });

  it('cannot be found in traces that kept no rows, and says so', () => {
    expect(() =>
      firstDivergence(leakyWorld(Infinity, 50, 'off').trace, leakyWorld(5, 50, 'off').trace),
    ).toThrow(/kept no rows/);
  });
});

/** The world of `leakyWorld(Infinity, 500)`, stopped at its 1,500th event. */
function cutShort(): Simulation {
  const ticking = (env: NodeEnv): NodeProgram => ({
    onStart: () => {
      env.setTimer('tick', 10);
    },
    onTimer: () => {
      for (const peer of [1, 0]) env.send(peer, { type: 'Tick' });
      env.setTimer('tick', 10);
    },
  });
  const { simulation } = buildWorld({ trace: 'events', nodes: { n1: ticking, n2: ticking } });
  simulation.run({ maxEvents: 1_500 });
  return simulation;
}

describe('a log line', () => {
  it('is not even built unless the trace is full', () => {
    const built: TraceLevel[] = [];
    for (const trace of ['off', 'events', 'full'] as const) {
      const seen: string[] = [];
      const { simulation } = buildWorld({
        trace,
        nodes: {
          n1: starting((env) => {
            env.log(() => {
              built.push(trace);
              return 'text';
            });
          }),
        },
      });
      simulation.observer = { onLog: (node, text) => seen.push(`${node} ${text}`) };
      simulation.run();
      expect(seen).toEqual(trace === 'full' ? ['0 text'] : []);
    }
    expect(built).toEqual(['full']);
  });
});
