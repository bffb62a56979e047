import { describe, expect, it } from 'vitest';

import { writeScenario } from '../../src/campaign/documents/write-scenario.ts';
import {
  createCampaignTest,
  runTestCampaign,
  type CampaignTestOptions,
} from '../../src/campaign/testing/campaign-test.ts';
import { campaignFailure } from '../../src/report/test-failure.ts';
import { toy } from '../scenario/toy-protocol.ts';
import { NEMESIS, toySubject } from './toy-subject.ts';

const text = (...lines: readonly string[]) => writeScenario(toySubject(lines).document);
const OPTIONS: CampaignTestOptions = { protocols: { toy }, seeds: '5' };

interface Registered {
  readonly name: string;
  readonly body: () => Promise<void>;
  readonly timeoutMs: number;
}

function register(
  scenario: string,
  options: CampaignTestOptions,
  env: Record<string, string>,
): Registered {
  let registered: Registered | null = null;
  const campaign = createCampaignTest(
    (name, body, timeoutMs) => (registered = { name, body, timeoutMs }),
    (failed) => campaignFailure(failed, (name) => `run ${JSON.stringify(name)}`),
    env,
  );
  campaign('a test', scenario, { ...OPTIONS, ...options });
  return registered!;
}

/** The error a test ends with, or null. */
function outcome(
  scenario: string,
  options: CampaignTestOptions = {},
  env: Record<string, string> = { CI: 'true' },
): Promise<Error | null> {
  return register(scenario, options, env)
    .body()
    .then(
      () => null,
      (error: unknown) => error as Error,
    );
}

describe('campaign in a test', () => {
  it('passes when every seed does', async () => {
    expect(await outcome(text())).toBeNull();
  });

  it('fails with the story, the smallest run, what each fault is needed for, and how to repeat it', async () => {
    const error = await outcome(text('bug: stale', NEMESIS));
    const lines = error!.message.split('\n');
    expect(lines[0]).toMatch(/^✗ toy-run › linearizable {3}seed \d {3}/);
    expect(error!.message).toContain('Why no order works:');
    expect(error!.message).toMatch(/\n {2}Smallest run that still fails {3}faults \d+ -> 0,? /);
    expect(error!.message).toMatch(/linearizable: .* of 5 runs, shortest seed \d\n/);
    expect(error!.message).toMatch(/\n {2}Reproduce {3}SPLITBRAIN_SEED=\d run "a test"\n/);
    expect(error!.message).toContain('\nscript:\n  - { id: op');
    for (const line of lines.slice(0, 40)) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('fails at the line that declares the test', async () => {
    const error = await outcome(text('bug: stale'), { shrink: false });
    expect(error!.stack!.split('\n    at ')[1]).toContain('campaign-test.test.ts');
  });

  it('fails when a property was never put to the test', async () => {
    const error = await outcome(text('properties: { linearizable: violated }'));
    expect(error!.message).toContain('linearizable is declared violated, and no run violated it');
  });

  it('changes keys of the scenario for this test alone', async () => {
    expect(await outcome(text(), { change: { bug: 'counts' }, shrink: false })).toMatchObject({
      message: expect.stringContaining('took write number 6; five are allowed') as string,
    });
  });

  it('runs only pinned seeds under CI, fresh ones besides elsewhere, and those of the environment instead', async () => {
    const options = { ...OPTIONS, freshSeeds: 3 };
    const runs = async (env: Record<string, string>): Promise<number> =>
      (await runTestCampaign(toySubject(), options, env)).tally.runs;
    expect(await runs({ CI: 'true' })).toBe(5);
    expect(await runs({})).toBe(8);
    expect(await runs({ SPLITBRAIN_SEED: '77' })).toBe(1);
    expect(await runs({ SPLITBRAIN_SEEDS: '1..12' })).toBe(12);
  });

  it('ends by itself before the runner would end it', async () => {
    const { body, timeoutMs } = register(
      text(),
      { seeds: 1_000_000, timeoutMs: 700 },
      { CI: 'true' },
    );
    expect(timeoutMs).toBe(700);
    const startMs = performance.now();
    await body();
    // 60 % of it is for seeds; a busy machine may add its own pauses.
    expect(performance.now() - startMs).toBeLessThan(10 * timeoutMs);
  });
});
