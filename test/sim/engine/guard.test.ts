import * as nodeCrypto from 'node:crypto';
import { randomUUID } from 'node:crypto';
import nodeProcess, { hrtime, nextTick } from 'node:process';
import { setTimeout as importedSetTimeout } from 'node:timers';
import { setTimeout as promisedTimeout } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import { AmbientAccessError, AmbientGuard } from '../../../src/sim/engine/guard.ts';
import { Simulation } from '../../../src/sim/engine/simulation.ts';
import { buildWorld, starting } from '../support/build-world.ts';

const FORBIDDEN: Readonly<Record<string, () => unknown>> = {
  'Date.now': () => Date.now(),
  'new Date()': () => new Date(),
  'Date()': () => (Date as unknown as () => string)(),
  'Math.random': () => Math.random(),
  'performance.now': () => performance.now(),
  'process.hrtime': () => process.hrtime(),
  'process.hrtime.bigint': () => process.hrtime.bigint(),
  'process.uptime': () => process.uptime(),
  'crypto.getRandomValues': () => crypto.getRandomValues(new Uint8Array(4)),
  'crypto.randomUUID': () => crypto.randomUUID(),
  setTimeout: () => setTimeout(() => undefined, 0),
  setInterval: () => setInterval(() => undefined, 1),
  setImmediate: () => setImmediate(() => undefined),
  fetch: () => fetch('http://127.0.0.1:9'),
  queueMicrotask: () => {
    queueMicrotask(() => undefined);
  },
  'process.nextTick': () => {
    process.nextTick(() => undefined);
  },
  'crypto.randomUUID, imported': () => randomUUID(),
  'crypto.randomBytes of the module': () => nodeCrypto.randomBytes(4),
  'crypto.randomInt of the module': () => nodeCrypto.randomInt(9),
  'timers.setTimeout, imported': () => importedSetTimeout(() => undefined, 0),
  'timers/promises.setTimeout, imported': () => promisedTimeout(1),
  'process.hrtime, imported': () => hrtime(),
  'process.hrtime.bigint, imported': () => hrtime.bigint(),
  'process.nextTick, imported': () => {
    nextTick(() => undefined);
  },
};

/** Runs a world whose only node does `action`; what the run threw, or null. */
function runWith(action: () => unknown): unknown {
  const { simulation } = buildWorld({
    nodes: {
      n1: starting(function nodeCode() {
        action();
      }),
    },
  });
  try {
    simulation.run();
    return null;
  } catch (error) {
    return error;
  }
}

describe.each(Object.entries(FORBIDDEN))('%s in simulated code', (api, access) => {
  it('ends the run with the stack of the access', () => {
    const error = runWith(access);
    expect(error).toBeInstanceOf(AmbientAccessError);
    // The engine's own frames do not hide who did it.
    expect((error as Error).stack).toContain('guard.test.ts');
    expect((error as Error).message).toMatch(/would not repeat\. Use the node's env instead/);
    expect(api).toContain((error as AmbientAccessError).api.split('(')[0]!);
  });

  it('cannot be hidden by swallowing the exception', () => {
    const error = runWith(() => {
      try {
        access();
      } catch {
        // Swallowed, as careless code does.
      }
    });
    expect(error).toBeInstanceOf(AmbientAccessError);
    expect((error as Error).stack).toContain('guard.test.ts');
  });
});

/** What the process has of its own under the guarded names; undefined where a prototype has it. */
function guardedDescriptors(): unknown[] {
  const places: [object, string][] = [
    [globalThis, 'Date'],
    [globalThis, 'setTimeout'],
    [globalThis, 'setInterval'],
    [globalThis, 'setImmediate'],
    [globalThis, 'fetch'],
    [globalThis, 'queueMicrotask'],
    [process, 'nextTick'],
    [Date, 'now'],
    [Math, 'random'],
    [performance, 'now'],
    [process, 'hrtime'],
    [process, 'uptime'],
    [crypto, 'getRandomValues'],
    [crypto, 'randomUUID'],
  ];
  return places.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name));
}

describe('the guard', () => {
  it('names what to use instead', () => {
    for (const [api, instead] of [
      ['Math.random', 'env.random(purpose)'],
      ['crypto.randomUUID', 'env.random(purpose)'],
      ['setTimeout', 'env.setTimer, env.sleep'],
      ['fetch', 'env.send, env.call'],
      ['Date.now', 'env.wallUs(), env.monotonicUs()'],
    ] as const)
      expect(new AmbientAccessError(api).message).toContain(instead);
  });

  it('leaves imported functions as they were outside of runs', async () => {
    runWith(() => undefined);
    expect(randomUUID()).toMatch(/^[0-9a-f-]{36}$/);
    expect(nodeCrypto.randomBytes(4)).toHaveLength(4);
    expect(hrtime.bigint()).toBeTypeOf('bigint');
    expect(nodeProcess.nextTick.name).toBe('nextTick');
    await promisify(importedSetTimeout)(1);
    await promisedTimeout(1);
    await new Promise<void>((resolve) => {
      nextTick(resolve);
    });
  });

  it('lets a node print: what streams do inside the host is no access of the node', () => {
    expect(
      runWith(() => {
        new Writable({
          write: (_chunk, _encoding, done) => {
            done();
          },
        }).write('a line');
      }),
    ).toBeNull();
  });

  it('lets a date be built from a number, and dates stay dates', () => {
    const outside = new Date(5);
    let seen: unknown[] = [];
    const error = runWith(() => {
      const inside = new Date(0);
      seen = [
        inside.getTime(),
        inside instanceof Date,
        outside instanceof Date,
        new Date(2020, 0).getFullYear(),
        Date.UTC(1970, 0),
      ];
    });
    expect(error).toBeNull();
    expect(seen).toEqual([0, true, true, 2020, 0]);
  });

  it('puts everything back, after a good run and after a refused one', () => {
    const before = guardedDescriptors();
    for (const action of [() => undefined, () => Date.now()]) {
      runWith(action);
      expect(guardedDescriptors()).toEqual(before);
    }
    expect(Date.now()).toBeGreaterThan(0);
  });

  it('reports the first of several accesses', () => {
    const error = runWith(() => {
      for (const access of [() => Math.random(), () => Date.now()])
        try {
          access();
        } catch {
          // Swallowed.
        }
    });
    expect((error as AmbientAccessError).api).toBe('Math.random');
  });

  it('also stands inside a run that is started inside another, and is put back in order', () => {
    const inner = (): void => {
      const simulation = new Simulation({ seed: 'inner' });
      simulation.control(1, 'inner', () => undefined);
      simulation.run();
    };
    const error = runWith(() => {
      inner();
      Date.now();
    });
    expect((error as AmbientAccessError).api).toBe('Date.now');
    expect(Date.now()).toBeGreaterThan(0);
  });

  it('can be left out for a world that is known to be clean', () => {
    const { simulation } = buildWorld({
      guard: false,
      nodes: { n1: starting(() => Date.now()) },
    });
    simulation.run();
    expect(simulation.failures).toEqual([]);
  });

  it('refuses to be installed twice', () => {
    const guard = new AmbientGuard();
    guard.install();
    try {
      expect(() => {
        guard.install();
      }).toThrow('already installed');
    } finally {
      guard.uninstall();
    }
  });
});
