import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workshop } from './cli.ts';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  shop.remove();
});

describe('splitbrain likelihood', () => {
  const words = ['likelihood', 'showcase', '--cuts', '6', '--runs', '4'];

  it('says from where on a run was bound to fail, and the same when asked again', () => {
    const { code, stdout, stderr } = shop.cli(words);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('linearizable');
    expect(stdout).toContain('%');
    expect(shop.cli(words).stdout).toBe(stdout);
  });

  it('prints one object with --json, whose last place always fails', () => {
    const { code, stdout } = shop.cli([...words, '--json']);
    expect(code).toBe(0);
    const { scenario, property, points } = JSON.parse(stdout) as {
      readonly scenario: string;
      readonly property: string;
      readonly points: readonly { readonly event: number; failed: number; runs: number }[];
    };
    expect([scenario, property]).toEqual(['showcase', 'linearizable']);
    expect(points.at(-1)).toEqual({ event: 593, failed: 4, runs: 4 });
    expect(points.map(({ event }) => event)).toEqual(
      points.map(({ event }) => event).sort((a, b) => a - b),
    );
  });

  it('of a run in which nothing is violated has nothing to say, and ends with 4', () => {
    const { code, stderr } = shop.cli(['likelihood', 'vote-once']);
    expect(stderr).toContain('there is nothing to be likely');
    expect(code).toBe(4);
  });

  it('refuses no cuts and no runs', () => {
    const { code, stderr } = shop.cli(['likelihood', 'showcase', '--cuts', '0']);
    expect(stderr).toContain('--cuts and --runs: expected 1 or more');
    expect(code).toBe(64);
  });
});

describe('splitbrain completion', () => {
  it('prints a script for bash that offers the commands there are', () => {
    const { code, stdout } = shop.shell(
      'eval "$($SPLITBRAIN completion bash)"; COMP_WORDS=(splitbrain likel); COMP_CWORD=1; _splitbrain; echo "${COMPREPLY[@]}"',
    );
    expect([code, stdout.trim()]).toEqual([0, 'likelihood']);
  });

  it('prints scripts for zsh and fish that name every command', () => {
    const commands = ['run', 'replay', 'shrink', 'report', 'likelihood', 'completion'];
    for (const shell of ['zsh', 'fish']) {
      const { code, stdout } = shop.cli(['completion', shell]);
      expect(code).toBe(0);
      for (const command of commands) expect(stdout).toContain(command);
    }
  });

  it('refuses a shell that it does not know, and names those it does', () => {
    const { code, stderr } = shop.cli(['completion', 'tcsh']);
    expect(stderr).toContain('bash, zsh, fish');
    expect(code).toBe(64);
  });
});
