import { describe, expect, it } from 'vitest';

import {
  campaign,
  createSimTest,
  type SimTestOptions,
} from '../../src/campaign/vitest-campaign.ts';
import { writeScenario } from '../../src/campaign/documents/write-scenario.ts';
import { runText } from '../../src/report/run-text.ts';
import type { RunResult } from '../../src/scenario/run-result.ts';
import { toy } from '../scenario/toy-protocol.ts';
import { toySubject } from './toy-subject.ts';

const text = (...lines: readonly string[]) => writeScenario(toySubject(lines).document);
const options = (...lines: readonly string[]): SimTestOptions => ({
  scenario: text(...lines),
  protocols: { toy },
  seeds: '5',
});

/** Registers one test and runs it: the error it ends with, or null. */
async function outcome(given: SimTestOptions, env: Record<string, string>): Promise<string | null> {
  const bodies: (() => Promise<void>)[] = [];
  const tell = ({ seed }: RunResult): string => `told of seed ${seed}`;
  createSimTest((_name, body) => bodies.push(body), tell, env)('a test', given);
  return bodies[0]!().then(
    () => null,
    (error: unknown) => (error as Error).message,
  );
}

describe('simTest', () => {
  it('passes when every seed does', async () => {
    expect(await outcome(options(), { CI: 'true' })).toBeNull();
  });

  it('fails with the signature, the seed, the smallest run told and written as a scenario', async () => {
    const message = await outcome(options('bug: stale'), { CI: 'true' });
    expect(message).toMatch(
      /^linearizable: .* of 5 runs, shortest seed \d\nAgain: SPLITBRAIN_SEED=\d\n/,
    );
    expect(message).toMatch(/told of seed \d/);
    expect(message).toContain('\nscript:\n  - { id: op');
  });

  it('fails when a property was never put to the test', async () => {
    const message = await outcome(options('properties: { linearizable: violated }'), { CI: '1' });
    expect(message).toContain('linearizable is declared violated, and no run violated it');
  });

  it('runs only pinned seeds under CI, fresh ones besides elsewhere, and those of the environment instead', async () => {
    const runs = async (env: Record<string, string>): Promise<number> =>
      (await campaign({ ...options(), freshSeeds: 3 }, env)).tally.runs;
    expect(await runs({ CI: 'true' })).toBe(5);
    expect(await runs({})).toBe(8);
    expect(await runs({ SPLITBRAIN_SEED: '77' })).toBe(1);
    expect(await runs({ SPLITBRAIN_SEEDS: '1..12' })).toBe(12);
  });

  it('hands the failing run to whoever tells it', async () => {
    const bodies: (() => Promise<void>)[] = [];
    const tell = (result: RunResult): string =>
      runText(result, { color: false, ascii: true }, false).join('\n');
    createSimTest((_name, body) => bodies.push(body), tell, { CI: 'true' })('a test', {
      ...options('bug: counts'),
      shrink: false,
    });
    await expect(bodies[0]!()).rejects.toThrow(/took write number 6; five are allowed/);
  });
});
