import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../bin/splitbrain.js', import.meta.url));

interface Output {
  readonly runs: readonly {
    readonly virtualUs: number;
    readonly properties: readonly { readonly name: string; readonly verdict: string }[];
  }[];
}

function showcase(...flags: string[]): Output['runs'][number] {
  const args = [CLI, 'run', 'showcase', '--json', '--no-files', ...flags];
  const { runs } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Output;
  return runs[0]!;
}

it('run --stop-at-violation ends at the first answer that no order explains', () => {
  const whole = showcase();
  const stopped = showcase('--stop-at-violation');
  expect(stopped.virtualUs).toBeLessThan(whole.virtualUs);
  expect(stopped.properties.find(({ name }) => name === 'linearizable')?.verdict).toBe('violated');
});
