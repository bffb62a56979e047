import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  compileDocument,
  readSubject,
  withDocument,
} from '../../src/campaign/documents/document.ts';
import {
  withExplicitFaults,
  withExplicitOperations,
} from '../../src/campaign/documents/explicit.ts';
import { faultEntry } from '../../src/campaign/documents/fault-entry.ts';
import { writeScenario } from '../../src/campaign/documents/write-scenario.ts';
import { priorityDocument } from '../../src/campaign/search/priorities.ts';
import { swarmDocument } from '../../src/campaign/search/swarm.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { RandomStream } from '../../src/sim/engine/random.ts';
import { NEMESIS_PROFILES } from '../../src/sim/faults/nemesis-profile.ts';
import { drawSchedule } from '../../src/sim/faults/nemesis.ts';
import { NEMESIS, toySubject } from './toy-subject.ts';

const RAFT = new URL('../../scenarios/raft/', import.meta.url);
const bundled = readdirSync(RAFT).filter((file) => file.endsWith('.yaml'));
const read = (file: string) => readSubject(readFileSync(new URL(file, RAFT), 'utf8'), file);
const redlock = (file: string) => read(`../redlock/${file}`);

describe('a scenario written back as a file', () => {
  it.each(bundled)('%s compiles to the same scenario', (file) => {
    const subject = read(file);
    const again = readSubject(writeScenario(subject.document), file);
    expect(compileDocument(again)).toEqual(compileDocument(subject));
  });

  it('has one line for a fault, with what is known of it behind', () => {
    const { document } = toySubject([
      'faults: [{ id: f1, at: 10ms, kind: kill, target: n1, for: 5ms }]',
    ]);
    const text = writeScenario(document, {
      head: ['A story.'],
      faults: new Map([['f1', 'needed']]),
    });
    expect(text).toMatch(/^# A story\.\n/);
    expect(text).toContain('  - { id: f1, at: 10ms, kind: kill, target: n1, for: 5ms } # needed\n');
  });
});

describe('an explicit schedule', () => {
  it('of everything a nemesis draws reads back as the very same faults', () => {
    for (const profile of Object.values(NEMESIS_PROFILES)) {
      const drawn = drawSchedule(profile, 0, 9_000_000, new RandomStream('7', 'test'));
      const subject = toySubject(['duration: 10s', 'topology: { servers: 5, clients: 2 }']);
      const faults = drawn.map((fault) => faultEntry(fault));
      const scenario = compileDocument(withDocument(subject, { ...subject.document, faults }));
      expect(scenario.faults).toEqual(drawn);
    }
  });

  it('has the hash of the run that drew it', () => {
    const subject = toySubject([NEMESIS, 'topology: { servers: 5, clients: 2 }']);
    const drawn = runScenario(compileDocument(subject), { seed: '5' });
    expect(drawn.schedule.length).toBeGreaterThan(3);
    const document = withExplicitFaults(subject.document, drawn.schedule);
    expect(document.nemesis).toBeUndefined();
    const explicit = runScenario(compileDocument(withDocument(subject, document)), { seed: '5' });
    expect(explicit.hash).toBe(drawn.hash);
  });

  it('of operations asks for the same things at the same times', () => {
    const subject = toySubject();
    const drawn = runScenario(compileDocument(subject), { seed: '5' });
    const document = withExplicitOperations(subject.document, drawn);
    const scripted = runScenario(compileDocument(withDocument(subject, document)), { seed: '5' });
    const asked = (result: typeof drawn) =>
      result.history
        .operations()
        .filter(({ invokeTimeUs }) => invokeTimeUs < 300_000)
        .map(({ f, key, input, invokeTimeUs }) => [f, key, input ?? null, invokeTimeUs]);
    expect(asked(scripted)).toEqual(asked(drawn));
  });
});

describe('drawn configurations', () => {
  const raft = read('default-faults.yaml');

  it('compile for any seed, differ between seeds, and are a matter of the seed alone', () => {
    const drawn = Array.from({ length: 60 }, (_, seed) => swarmDocument(raft, String(seed)));
    for (const document of drawn) compileDocument(withDocument(raft, document));
    expect(new Set(drawn.map((document) => JSON.stringify(document))).size).toBe(60);
    expect(swarmDocument(raft, '17')).toEqual(drawn[17]);
  });

  it('gives a queue the time of one ended session for each contender and key, on links that neither double nor overtake', () => {
    const happy = readSubject(
      readFileSync(new URL('../../scenarios/zookeeper/zk-happy.yaml', import.meta.url), 'utf8'),
      'zk-happy.yaml',
    );
    for (let seed = 1; seed <= 20; seed += 1) {
      const { liveness, network, topology, workload } = swarmDocument(happy, String(seed));
      expect(network).toMatchObject({ fifo: true, duplicate: '0%', reorder: '0%' });
      // A session of 10 s and a tick of 2 s.
      const seconds = 12 * ((topology.clients as number) + 1) * workload!.keys!;
      expect(liveness).toBe(`${seconds}s`);
    }
  });

  it('tie no fault to a minority of two servers', () => {
    const fair = redlock('fair-lock-faults.yaml');
    for (let seed = 100; seed < 130; seed += 1)
      compileDocument(withDocument(fair, swarmDocument(fair, String(seed))));
  });

  it('ask for no liveness where servers answer later than their clients wait', () => {
    const subject = redlock('redlock-faults.yaml');
    const drawn = Array.from({ length: 40 }, (_, seed) => swarmDocument(subject, String(seed)));
    const slow = ['1ms', '40ms'];
    const isSlow = ({ network }: (typeof drawn)[number]): boolean =>
      JSON.stringify(network?.latency) === JSON.stringify(slow);
    expect(drawn.some(isSlow)).toBe(true);
    expect(drawn.some(({ liveness }) => liveness !== 'none')).toBe(true);
    for (const document of drawn) {
      const { liveness, topology, workload } = document;
      // A lock that was not released: 1 s of time to live, a round of the expiry cycle, the pause of whoever asks again.
      const seconds = 1.15 * ((topology.clients as number) + 1) * (workload!.keys ?? 1);
      const bound = `${Number(Math.max(20, seconds).toFixed(6))}s`;
      expect(isSlow(document) ? ['none'] : ['none', bound]).toContain(liveness);
    }
  });

  it('leave some fault kinds out, and every kind of the profile in somewhere', () => {
    const kinds = Array.from({ length: 60 }, (_, seed) => {
      const { nemesis } = swarmDocument(raft, String(seed));
      return typeof nemesis === 'object' ? Object.keys(nemesis.weights ?? {}) : [];
    });
    const all = Object.keys(NEMESIS_PROFILES['default']!.weights);
    expect(kinds.every((some) => some.length < all.length)).toBe(true);
    expect(new Set(kinds.flat()).size).toBe(all.length);
  });

  it('with priorities delay every server but the first, in every stretch between changes', () => {
    const document = priorityDocument(raft.document, '3');
    compileDocument(withDocument(raft, document));
    const delays = (document.faults ?? []).filter(({ id }) => id.startsWith('pct-'));
    expect(new Set(delays.map(({ id }) => id.split('-')[1])).size).toBeGreaterThan(2);
    expect(delays.every(({ delay }) => typeof delay === 'string')).toBe(true);
  });
});
