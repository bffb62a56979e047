import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import type { Subject } from '../../src/campaign/documents/document.ts';
import { runCampaign, type CampaignOptions } from '../../src/campaign/run/campaign.ts';
import { parseSeeds } from '../../src/campaign/run/seeds.ts';
import { bucketsOf } from '../../src/campaign/run/tally.ts';
import { judgeCampaign } from '../../src/campaign/run/verdict.ts';
import type { NodeProgram } from '../../src/sim/engine/env.ts';
import { toy } from '../scenario/toy-protocol.ts';
import { NEMESIS, toySubject } from './toy-subject.ts';

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-campaign-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const campaign = (subject: Subject, seeds: string, options: Partial<CampaignOptions> = {}) =>
  runCampaign({ subjects: [subject], seeds: parseSeeds(seeds), ...options });

describe('a campaign', () => {
  it('puts failures of one kind into one bucket and keeps the shortest', async () => {
    const result = await campaign(toySubject(['bug: stale']), '30');
    const buckets = bucketsOf(result.tally);
    expect(result.tally).toMatchObject({ runs: 30, failed: 30, passed: 0 });
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(30);
    expect(buckets.length).toBeLessThan(5);
    for (const bucket of buckets) {
      expect(bucket.signature).toMatch(/^linearizable: [a-z -]+ \[[a-z ]+\]$/);
      const alone = await campaign(toySubject(['bug: stale']), `${bucket.seed}..${bucket.seed}`);
      expect(bucketsOf(alone.tally)[0]).toMatchObject({ hash: bucket.hash, events: bucket.events });
    }
  });

  it.each([
    ['throws', 'no-exceptions: TypeError in ToyServer.#apply', 'violated'],
    ['mute', 'liveness', 'violated'],
    ['counts', 'at-most-five-writes', 'violated'],
  ])('finds the planted bug %s as %s', async (bug, signature, verdict) => {
    const result = await campaign(toySubject([`bug: ${bug}`]), '2');
    expect(bucketsOf(result.tally)[0]?.signature.replace('.apply', '.#apply')).toBe(signature);
    expect(judgeCampaign(result, false).verdict).toBe(verdict);
  });

  it('runs every failure twice, and passes as often as asked', async () => {
    const failing = await campaign(toySubject(['bug: stale']), '10', {
      plan: { verifyPercent: 0 },
    });
    expect(failing.tally.verified).toBe(10);
    const passing = toySubject();
    const some = await campaign(passing, '60', { plan: { verifyPercent: 25 } });
    expect(some.tally.verified).toBeGreaterThan(3);
    expect(some.tally.verified).toBeLessThan(40);
    const every = await campaign(passing, '10', { plan: { verifyPercent: 100 } });
    expect(every.tally).toMatchObject({ verified: 10, divergenceCount: 0 });
  });

  it('names the first divergent event of code that is not deterministic', async () => {
    let boots = 0;
    const leaky = {
      ...toy,
      createServer: (context: Parameters<typeof toy.createServer>[0]): NodeProgram => {
        boots += 1;
        const extra = boots % 2 === 0;
        const server = toy.createServer(context);
        return {
          onStart: () => {
            server.onStart?.();
            if (extra) context.env.send(context.servers[0]!, { type: 'Answer' });
          },
          onMessage: (from, message) => {
            if (message.type === 'Request') server.onMessage?.(from, message, 0);
          },
        };
      },
    };
    const subject = toySubject([], { toy: leaky as unknown as typeof toy });
    const result = await campaign(subject, '1', { plan: { verifyPercent: 100 } });
    const { verdict, reasons } = judgeCampaign(result, false);
    expect(verdict).toBe('nondeterministic');
    expect(reasons[0]).toMatch(
      /two runs of toy-run seed 1 differ: first divergent event \d+: n\d /,
    );
    expect(reasons[0]).toContain('Suspect: ');
  });

  it('calls code that reads the clock non-deterministic, with the call', async () => {
    const result = await campaign(toySubject(['bug: reads-the-clock']), '1');
    expect(judgeCampaign(result, false)).toMatchObject({ verdict: 'nondeterministic' });
    expect(result.tally.divergences[0]).toContain('Date');
  });

  it('names a property that throws, goes on with the other seeds, and does not call it a pass', async () => {
    const broken = {
      ...toy,
      view: {
        ...toy.view,
        describe: () => {
          throw new RangeError('no such register');
        },
      },
    };
    const subject = toySubject(['bug: mute'], { toy: broken });
    const result = await campaign(subject, '3');
    const { verdict, reasons } = judgeCampaign(result, false);
    expect(result.tally).toMatchObject({ runs: 3, passed: 0, errorCount: 3 });
    expect(verdict).toBe('error');
    expect(reasons[0]).toContain(
      'toy-run seed 1 could not be judged: RangeError: no such register',
    );
  });

  it('without any operation proves nothing, and says what to add', async () => {
    const subject = toySubject();
    const { name, title, protocol, duration } = subject.document;
    const silent = { name, title, protocol, duration, topology: { servers: 2 } };
    const result = await campaign({ ...subject, document: silent }, '2');
    const { verdict, reasons } = judgeCampaign(result, false);
    expect(verdict).toBe('inconclusive');
    expect(reasons.join()).toContain('no client ever asked for anything');
  });

  it('misses a coverage goal when a fault never bites, and only then cares when asked to', async () => {
    const subject = toySubject([
      'faults: [{ id: late, when: { mark: leader, nth: 9 }, kind: kill, target: n2, mayMiss: true }]',
    ]);
    const result = await campaign(subject, '3');
    expect(judgeCampaign(result, false).verdict).toBe('passed');
    const strict = judgeCampaign(result, true);
    expect(strict.verdict).toBe('inconclusive');
    expect(strict.missed).toContain('no kill fault (of 3) ever had an effect');
  });

  it('fails when a declared violation never occurs', async () => {
    const subject = toySubject(['properties: { linearizable: violated }']);
    const result = await campaign(subject, '3');
    expect(judgeCampaign(result, false)).toMatchObject({
      verdict: 'violated',
      reasons: ['toy-run: linearizable is declared violated, and no run violated it'],
    });
  });

  it('counts what faults did and what clients got while they lasted', async () => {
    const { tally } = await campaign(toySubject([NEMESIS]), '10');
    expect(tally.operations['read']!.okDuringFaults).toBeGreaterThan(0);
    expect(tally.marks['leader']).toBe(10);
    const kinds = Object.values(tally.faults);
    expect(kinds.length).toBeGreaterThan(5);
    expect(kinds.every(({ drawn, began, bit }) => drawn >= began && began >= bit)).toBe(true);
  });
});

describe('the state of a campaign', () => {
  const subject = toySubject(['bug: counts']);

  it('is resumed to the same sum, half a last line and all', async () => {
    const whole = await campaign(subject, '400');
    const stateFile = join(folder, 'state.jsonl');
    const controller = new AbortController();
    const first = await campaign(subject, '400', {
      stateFile,
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    expect(first.ended).toBe('interrupted');
    expect(first.seedsDone).toBeLessThan(400);
    writeFileSync(stateFile, `${readFileSync(stateFile, 'utf8')}{"ranges":[[3,`);
    const second = await campaign(subject, '400', { stateFile, resume: true });
    expect(second.resumed).toBe(first.seedsDone);
    expect(second.tally).toEqual(whole.tally);
  });

  it('is not continued by another campaign', async () => {
    const stateFile = join(folder, 'other.jsonl');
    await campaign(subject, '2', { stateFile });
    await expect(campaign(subject, '3', { stateFile, resume: true })).rejects.toThrow(
      /the state of another campaign \(seeds 1\.\.2, now 1\.\.3\)/,
    );
    await expect(
      campaign(subject, '3', { stateFile: join(folder, 'none'), resume: true }),
    ).rejects.toThrow('--resume: cannot read');
  });

  it('that cannot be written ends the campaign with everything known so far', async () => {
    const result = await campaign(subject, '5000', { stateFile: '/dev/full' });
    expect(result.ended).toBe('state-file');
    expect(result.stateError).toContain('ENOSPC');
  });

  it('stops at once when told to, and keeps what is done', async () => {
    const controller = new AbortController();
    const result = await campaign(subject, '100000', {
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    expect(result.ended).toBe('interrupted');
    expect(result.tally.runs).toBe(result.seedsDone);
    expect(result.seedsDone).toBeLessThan(100_000);
  });
});
