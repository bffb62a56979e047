import { compileScenario } from '../../src/scenario/compile.ts';
import { runScenario, type RunOptions } from '../../src/scenario/run.ts';
import type { PropertyResult, RunResult } from '../../src/scenario/run-result.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { toy } from './toy-protocol.ts';

const HEAD: Readonly<Record<string, string>> = {
  name: 'name: toy-run',
  title: 'title: a test',
  protocol: 'protocol: toy',
  topology: 'topology: { servers: 2, clients: 2 }',
  network: 'network: { latency: 1ms }',
  duration: 'duration: 200ms',
  liveness: 'liveness: 300ms',
};

/** A scenario of the toy protocol; lines replace those of the default with the same key. */
export function toyScenario(...lines: readonly string[]): Scenario {
  const kept = Object.entries(HEAD).filter(
    ([key]) => !lines.some((line) => line.startsWith(`${key}:`)),
  );
  const text = [...kept.map(([, line]) => line), ...lines].join('\n');
  return compileScenario(text, 'toy-run.yaml', { toy });
}

export function runToy(lines: readonly string[], options: Partial<RunOptions> = {}): RunResult {
  return runScenario(toyScenario(...lines), { seed: '1', ...options });
}

export function property(result: RunResult, name: string): PropertyResult {
  const found = result.properties.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the run has no property ${name}`);
  return found;
}

export const WORKLOAD = 'workload: { mix: { read: 1, write: 1 }, think: [1ms, 5ms] }';
