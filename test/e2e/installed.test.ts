import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let project = '';

/** What `npm install splitbrain` leaves: the package below node_modules, its dependencies beside it. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'splitbrain-installed-'));
  const installed = join(project, 'node_modules', 'splitbrain');
  mkdirSync(installed, { recursive: true });
  for (const part of ['bin', 'dist', 'scenarios', 'package.json'])
    cpSync(join(ROOT, part), join(installed, part), { recursive: true });
  for (const name of ['commander', 'seedrandom', 'yaml', 'zod'])
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
});
afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

it('an installed package finds its scenarios from another project', () => {
  const bin = join(project, 'node_modules', 'splitbrain', 'bin', 'splitbrain.js');
  const output = execFileSync(process.execPath, [bin, 'run', 'showcase', '--no-files'], {
    cwd: project,
    encoding: 'utf8',
  });
  expect(output).toContain('linearizable violated, as declared');
});
