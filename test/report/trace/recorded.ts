import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { recordRun, type RecordedRun } from '../../../src/report/trace/recorded-run.ts';

const SCENARIOS = join(import.meta.dirname, '..', '..', '..', 'scenarios');

/** A scenario of the package: `raft/showcase`. */
export function bundled(name: string): Scenario {
  const file = join(SCENARIOS, `${name}.yaml`);
  return compileScenario(readFileSync(file, 'utf8'), file, PROTOCOLS);
}

export function recorded(name: string, seed?: string): RecordedRun {
  const scenario = bundled(name);
  return recordRun(scenario, { seed: seed ?? scenario.defaultSeed });
}
