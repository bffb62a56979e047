import { readFileSync } from 'node:fs';

import { OpenRun } from '../../src/page/app/open-run.ts';
import { collectRun } from '../../src/report/html/collect-run.ts';
import type { RunData } from '../../src/report/html/report-data.ts';
import { RunProbe } from '../../src/report/html/run-probe.ts';
import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { RunResult } from '../../src/scenario/run-result.ts';

export interface CollectedRun {
  readonly result: RunResult;
  readonly data: RunData;
  readonly open: OpenRun;
}

/** A scenario of the package, run and made into a report's data as `splitbrain report` does. */
export function collected(scenario: string, seed = '1'): CollectedRun {
  const file = `scenarios/${scenario}.yaml`;
  const probe = new RunProbe();
  const result = runScenario(compileScenario(readFileSync(file, 'utf8'), file, PROTOCOLS), {
    seed,
    trace: 'full',
    prepare: probe.attach,
  });
  const data = collectRun(result, probe, { reproduce: 'npx splitbrain replay it' });
  return { result, data, open: new OpenRun(data) };
}
