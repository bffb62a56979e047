import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

it('shows what the command line really prints, and the test that really runs', () => {
  const script = fileURLToPath(new URL('tools/docs/readme.mjs', root));
  expect(() =>
    execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' }),
  ).not.toThrow();
});

it('tells how to test an own protocol in less than 40 lines', () => {
  const example = readFileSync(new URL('test/examples/own-protocol.test.ts', root), 'utf8');
  expect(example.trimEnd().split('\n').length).toBeLessThan(40);
});
