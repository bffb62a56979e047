import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { readSubject, withDocument } from '../../src/campaign/documents/document.ts';
import { compileDocument } from '../../src/campaign/documents/document.ts';
import { omit } from '../../src/campaign/documents/omit.ts';
import { writeScenario } from '../../src/campaign/documents/write-scenario.ts';
import { violationsOf } from '../../src/campaign/run/signature.ts';
import { minimizeList } from '../../src/campaign/shrink/minimize-list.ts';
import { withoutNode } from '../../src/campaign/shrink/remove-node.ts';
import { shrink } from '../../src/campaign/shrink/shrink.ts';
import { parseDurationUs } from '../../src/scenario/units.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { toy } from '../scenario/toy-protocol.ts';
import { NEMESIS, toySubject } from './toy-subject.ts';

describe('minimizing a list', () => {
  property.prop([fc.uniqueArray(fc.nat(40), { minLength: 1 }), fc.func(fc.boolean())])(
    'keeps exactly what is needed when the need is a set',
    (items, isNeeded) => {
      const needed = items.filter((item) => isNeeded(item));
      const kept = minimizeList(items, (some) => needed.every((item) => some.includes(item)));
      expect(kept).toEqual(needed);
    },
  );

  property.prop([fc.array(fc.nat(9), { minLength: 1, maxLength: 20 })])(
    'ends where no single item can go',
    (items) => {
      const isOdd = (some: readonly number[]): boolean =>
        some.reduce((sum, item) => sum + item, 0) % 3 ===
        items.reduce((sum, item) => sum + item, 0) % 3;
      const kept = minimizeList(items, isOdd);
      expect(isOdd(kept)).toBe(true);
      for (const index of kept.keys())
        expect(isOdd(kept.filter((_item, at) => at !== index))).toBe(false);
    },
  );
});

describe('removing a node', () => {
  it('takes along what is about this node alone, and its name from lists', () => {
    const { document } = toySubject([
      'clocks: { n2: { offset: 1s } }',
      'script: [{ id: a, client: c2, do: read }, { id: b, client: c1, do: read }]',
      'faults:',
      '  - { id: f1, kind: kill, target: n2 }',
      '  - { id: f2, kind: partition, groups: [[n1, n2], [n3]] }',
      '  - { id: f3, kind: partition, groups: [[n2], [n1, n3]] }',
      '  - { id: f4, when: { message: Request, to: n2 }, kind: halves }',
    ]);
    const smaller = withoutNode(withoutNode(document, 'n2'), 'c2');
    expect(smaller.topology).toEqual({ servers: ['n1', 'n3'], clients: ['c1', 'c3'] });
    expect(smaller.clocks).toEqual({});
    expect(smaller.script?.map(({ id }) => id)).toEqual(['b']);
    expect(smaller.faults).toMatchObject([{ id: 'f2', groups: [['n1'], ['n3']] }]);
  });
});

describe('shrinking', () => {
  it.each([
    ['stale', 'linearizable', 0, 3],
    ['counts', 'at-most-five-writes', 0, 6],
    ['throws', 'no-exceptions', 0, 3],
    ['mute', 'liveness', 0, 0],
  ])(
    'the planted bug %s (%s) ends at %i faults and %i operations',
    (bug, name, faults, operations) => {
      const subject = toySubject([`bug: ${bug}`, NEMESIS]);
      const shrunk = shrink({ subject, seed: '4' });
      expect(shrunk.failure.property).toBe(name);
      expect(shrunk.minimal).toBe(true);
      expect(shrunk.after.faults).toBe(faults);
      expect(shrunk.after.operations).toBeLessThanOrEqual(operations);
      expect(shrunk.before.faults).toBeGreaterThan(2);
      expect(shrunk.after.servers).toBe(1);
    },
  );

  it('takes the failure, not the violation that the scenario declares, whichever was seen first', () => {
    const tired: typeof toy = {
      ...toy,
      createServer: (context) => {
        const server = toy.createServer(context);
        let requests = 0;
        return {
          onMessage: (from, message, call) => {
            requests += 1;
            if (requests > 20) throw new RangeError('twenty requests are enough');
            server.onMessage?.(from, message, call);
          },
        };
      },
    };
    const both = toySubject(
      ['bug: counts', NEMESIS, 'properties: { at-most-five-writes: violated }'],
      { toy: tired },
    );
    const seen = runScenario(compileDocument(both), { seed: '4' });
    expect(violationsOf(seen)[0]?.property).toBe('at-most-five-writes');
    expect(shrink({ subject: both, seed: '4' }).failure.property).toBe('no-exceptions');
    const asked = shrink({ subject: both, seed: '4', signature: 'at-most-five-writes' });
    expect(asked.failure.property).toBe('at-most-five-writes');
  });

  it('takes a declared violation when there is nothing else', () => {
    const subject = toySubject(['bug: stale', 'properties: { linearizable: violated }']);
    const shrunk = shrink({ subject, seed: '9' });
    expect(shrunk.failure.property).toBe('linearizable');
    expect(shrunk.document.properties).toEqual({ linearizable: 'violated' });
  });

  it('leaves a file that fails the same way, in which nothing can be left out', () => {
    const subject = toySubject(['bug: stale', NEMESIS]);
    const shrunk = shrink({ subject, seed: '9' });
    const again = readSubject(writeScenario(shrunk.document), 'shrunk.yaml', { toy });
    const result = runScenario(compileDocument(again), { seed: again.document.seed! });
    expect(result.hash).toBe(shrunk.result.hash);
    expect(violationsOf(result)[0]?.signature).toBe(shrunk.failure.signature);
    const steps = again.document.script ?? [];
    for (const step of steps) {
      const script = steps.filter((other) => other !== step);
      const smaller = withDocument(again, { ...again.document, script });
      const signatures = violationsOf(
        runScenario(compileDocument(smaller), { seed: shrunk.seed }),
      ).map(({ signature }) => signature);
      expect(signatures).not.toContain(shrunk.failure.signature);
    }
  });

  it('says of each fault whether it is needed, within which times, and where the nearest passing run parts', () => {
    // A server that cannot stand a request in its second life: it must die before the last of the requests, at 50 ms.
    const fragile: typeof toy = {
      ...toy,
      createServer: (context) => {
        const server = toy.createServer(context);
        return {
          onMessage: (from, message, call) => {
            if (context.env.incarnation > 1) throw new RangeError('not in this life');
            server.onMessage?.(from, message, call);
          },
        };
      },
    };
    const at = (ms: number) => `{ at: ${ms}ms, client: c1, do: read }`;
    const subject = toySubject(
      [
        'topology: { servers: 1, clients: 1 }',
        'network: { latency: 1ms }',
        'disk: { sync: 1ms }',
        'liveness: none',
        `script: [${[10, 30, 50].map(at).join(', ')}]`,
        'faults:',
        '  - { id: crash, at: 20ms, for: 5ms, kind: kill, target: n1 }',
        '  - { id: skew, at: 5ms, kind: clock-step, target: n1, by: 1s }',
      ],
      { toy: fragile },
    );
    const scripted = omit(subject.document, 'workload');
    const shrunk = shrink({ subject: withDocument(subject, scripted), seed: '1' });
    expect(shrunk.failure.property).toBe('no-exceptions');
    expect(shrunk.after).toMatchObject({ faults: 1, operations: 1 });
    const [crash] = shrunk.necessity;
    expect(crash).toMatchObject({ id: 'crash', needed: true, failWithout: 0, failWith: 20 });
    const [step] = shrunk.document.script!;
    const begins = crash!.slack.find(({ of }) => of === 'at')!;
    expect(begins.fromUs).toBe(0);
    expect(begins.toUs).toBeLessThanOrEqual(parseDurationUs(step!.at!) + 1_000);
    expect(begins.passesAboveUs! - begins.toUs).toBeLessThanOrEqual(1_000);
    expect(shrunk.twin?.difference).toMatch(/^crash (begins|lasts) .* (later|longer)$/);
    expect(shrunk.twin?.event).toBeGreaterThan(0);
  });

  it('lets a fault go that only others waited for', () => {
    const subject = toySubject([
      'bug: throws',
      'topology: { servers: 1, clients: 1 }',
      'liveness: none',
      'script:',
      '  - { id: w1, at: 10ms, client: c1, do: write, value: 1 }',
      '  - { id: w2, when: { operation: w1, is: completed }, client: c1, do: write, value: 2 }',
      '  - { id: w3, when: { fault: skew, is: started }, after: 5ms, client: c1, do: write, value: 3 }',
      'faults: [{ id: skew, at: 60ms, kind: clock-step, target: n1, by: 1s }]',
    ]);
    const shrunk = shrink({
      subject: withDocument(subject, omit(subject.document, 'workload')),
      seed: '1',
      explain: false,
    });
    expect(shrunk.after).toMatchObject({ faults: 0, operations: 3 });
    expect(shrunk.document.script!.every(({ at }) => at !== undefined)).toBe(true);
  });

  it('refuses a run that does not fail', () => {
    expect(() => shrink({ subject: toySubject(), seed: '1' })).toThrow(
      'toy-run seed 1 violates nothing: there is nothing to shrink',
    );
  });
});
