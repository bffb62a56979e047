import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

/** Of the audits of x, y and the merchant that succeeded, how many did not add up to 300. */
function audits(protocol: string): { readonly seen: number; readonly torn: number } {
  const text = `
name: audits
title: audits
protocol: ${protocol}
topology: { servers: 4, clients: 3 }
network: { latency: [1ms, 10ms] }
duration: 4s
workload: { mix: { transfer: 3, audit: 1 }, keys: 2, think: [1ms, 20ms] }`;
  const { history } = runScenario(compileScenario(text, 'audits.yaml', PROTOCOLS), { seed: '1' });
  const sums = history.operations().flatMap(({ f, status, output }) => {
    if (f !== 'audit' || status !== 'ok') return [];
    return [
      Object.values(output as Record<string, number>).reduce((sum, amount) => sum + amount, 0),
    ];
  });
  return { seen: sums.length, torn: sums.filter((sum) => sum !== 300).length };
}

describe('"strong consistency", as the seed calls TCC', () => {
  it('does not mean isolation: audits see transfers half done, under two-phase commit they do not', () => {
    const tcc = audits('tcc');
    expect(tcc.seen).toBeGreaterThan(20);
    expect(tcc.torn).toBeGreaterThan(0);
    const commit = audits('commit');
    expect(commit.seen).toBeGreaterThan(5);
    expect(commit.torn).toBe(0);
  });
});
