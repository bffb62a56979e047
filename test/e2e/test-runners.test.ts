import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

import { requireBuild } from './cli.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/node-test.mjs', import.meta.url));

beforeAll(requireBuild);

function nodeTest(env: Record<string, string>): { status: number | null; stdout: string } {
  const inherited = { ...process.env, CI: 'true', ...env };
  // Set by the runner of these tests, it would make another runner report elsewhere.
  delete (inherited as Record<string, string | undefined>)['NODE_TEST_CONTEXT'];
  const { status, stdout } = spawnSync(process.execPath, ['--test', EXAMPLE], {
    encoding: 'utf8',
    env: inherited,
  });
  return { status, stdout };
}

describe('plain node:test', () => {
  it('runs simTest and campaign through the library alone', () => {
    const { status, stdout } = nodeTest({});
    expect(stdout).toMatch(/pass 2\b/);
    expect(status).toBe(0);
  });

  it('shows the story of a failure and how to repeat it', () => {
    const { status, stdout } = nodeTest({ BROKEN: '1' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/leader-killed › promise-after-durable {3}seed \d/);
    expect(stdout).toContain('Smallest run that still fails');
    expect(stdout).toMatch(/Reproduce {3}SPLITBRAIN_SEED=\d node --test --test-name-pattern/);
  });
});
