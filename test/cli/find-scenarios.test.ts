import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allScenarios, loadScenario, selectScenarios } from '../../src/cli/find-scenarios.ts';
import { CommandError } from '../../src/cli/exit-codes.ts';
import { SCENARIOS } from '../e2e/scenario-texts.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'splitbrain-find-')));

beforeAll(() => {
  mkdirSync(join(folder, 'scenarios', 'mine'), { recursive: true });
  writeFileSync(join(folder, 'scenarios', 'mine', 'one.yaml'), SCENARIOS.passes);
  writeFileSync(join(folder, 'scenarios', 'mine', 'two.yml'), SCENARIOS.fails);
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const names = (...args: readonly string[]): string[] =>
  selectScenarios(args).map(({ qualifiedName }) => qualifiedName);

describe('what an argument selects', () => {
  it('own scenarios beside those that came with the package, in order of their names', () => {
    const all = allScenarios().map(({ qualifiedName }) => qualifiedName);
    expect(all).toContain('mine/one');
    expect(all).toContain('raft/default-faults');
    expect(all).toEqual([...all].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('a name, with or without its family, and a pattern', () => {
    expect(names('one')).toEqual(['mine/one']);
    expect(names('mine/two')).toEqual(['mine/two']);
    expect(names('mine/*')).toEqual(['mine/one', 'mine/two']);
    expect(names('o*e')).toContain('mine/one');
  });

  it('each scenario once, however often it was meant', () => {
    expect(names('mine/*', 'one', 'mine/one')).toEqual(['mine/one', 'mine/two']);
  });

  it('a pattern is no regular expression', () => {
    expect(() => names('mine/.*')).toThrow(CommandError);
  });

  it('what selects nothing is exit 4, with the nearest name', () => {
    const error = refused(() => names('defualt-faults'));
    expect(error.exitCode).toBe(4);
    expect(error.message).toBe(
      'no scenario, file or folder "defualt-faults": did you mean "default-faults"?',
    );
    expect(refused(() => names('zzzzzzzzzzzz')).message).toContain('`splitbrain list`');
  });

  it('a file that cannot be read is named with the reason', () => {
    const error = refused(() => loadScenario('nowhere.yaml'));
    expect(error.exitCode).toBe(64);
    expect(error.message).toMatch(/^cannot read nowhere\.yaml: ENOENT/);
  });
});

function refused(action: () => unknown): CommandError {
  try {
    action();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
