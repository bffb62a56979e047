import { spawnSync } from 'node:child_process';
import { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript, SHELLS } from '../../src/cli/completion.ts';

const program = new Command('splitbrain');
program
  .command('export')
  .description("writes it for others' tools")
  .addArgument(new Argument('<run>'))
  .addOption(new Option('-f, --format <name>', 'which').choices(['edn', 'dot']))
  .option('--max <n>', 'how many');
const corpus = program.command('corpus').description('pinned failures');
corpus.command('add').description('pin one').option('--name <name>', 'under this name');

/** What bash offers after these words. */
function offered(...words: readonly string[]): string[] {
  const script = `${completionScript(program, 'bash')}
splitbrain() { printf '      "name": "raft/showcase",\\n'; }
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1))
cd /; _splitbrain; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  it('bash offers commands, options, their choices, runs and scenarios', () => {
    expect(offered('splitbrain', 'ex')).toEqual(['export']);
    expect(offered('splitbrain', 'corpus', 'a')).toEqual(['add']);
    expect(offered('splitbrain', 'corpus', 'add', '--n')).toEqual(['--name']);
    expect(offered('splitbrain', 'export', '--')).toEqual(['--format', '--max', '--help']);
    expect(offered('splitbrain', 'export', 'last', '-f', '')).toEqual(
      expect.arrayContaining(['edn', 'dot']),
    );
    expect(offered('splitbrain', 'export', 'las')).toEqual(['last', 'last-failed']);
    expect(offered('splitbrain', 'export', 'show')).toEqual(['showcase']);
    expect(offered('splitbrain', 'export', 'raft')).toEqual(['raft/showcase']);
  });

  it.each(SHELLS)('%s names every command and every long option', (shell) => {
    const script = completionScript(program, shell);
    for (const word of ['export', 'corpus', 'add', 'format', 'max', 'name', 'edn dot'])
      expect(script).toContain(word);
  });

  it('fish gets quotes right', () => {
    expect(completionScript(program, 'fish')).toContain(
      "-d 'writes it for others'\\''' tools'".replace("'\\'''", "'\\''"),
    );
  });
});
