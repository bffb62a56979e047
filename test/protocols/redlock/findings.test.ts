import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

/** What probes of redlock 5.0.0-beta.2 on five real servers found; here the same on simulated ones. */
function run(name: string, withBug: boolean) {
  const file = new URL(`../../../scenarios/redlock/${name}.yaml`, import.meta.url);
  const text = readFileSync(file, 'utf8');
  const scenario = compileScenario(
    withBug ? text : text.replace(/^bug: .*\n/m, '').replace(/^properties: .*\n/m, ''),
    `${name}.yaml`,
    PROTOCOLS,
  );
  return runScenario(scenario, { seed: '1' });
}

describe('a lock that is returned with less than no time left', () => {
  it('comes from a client that never checks its validity', () => {
    const { properties } = run('redlock-slow-node-unchecked', true);
    const { verdict, sentence } = properties.find(({ name }) => name === 'validity-at-return')!;
    expect(verdict).toBe('violated');
    expect(Number(/with (-[\d.]+) ms of validity/.exec(sentence)?.[1])).toBeLessThan(0);
  });

  it('is never returned by the correct client on the same slow node', () => {
    const { properties } = run('redlock-slow-node-unchecked', false);
    expect(properties.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
  });
});

describe('two clients with two of four nodes each', () => {
  it('never settle when only a majority counts', () => {
    const { operations, properties } = run('redlock-2-2-split-hangs', true);
    expect(operations.get('increment')).toMatchObject({ ok: 1 });
    expect(properties.find(({ name }) => name === 'liveness')?.verdict).toBe('violated');
  });

  it('settle, release and try again when all nodes have been heard', () => {
    const { operations } = run('redlock-2-2-split-hangs', false);
    expect(operations.get('increment')).toMatchObject({ ok: 3 });
  });
});
