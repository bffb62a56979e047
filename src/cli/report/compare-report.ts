import { join } from 'node:path';

import { describeRow } from '../../report/describe-row.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import { openRun } from '../open-run.ts';
import type { ReportOptions } from '../commands/report.ts';
import { divergenceData, traceRun, type ReportParts } from './run-report.ts';

/** Two runs in one file, from where they part. */
export function compareReport(first: string, second: string, options: ReportOptions): ReportParts {
  const left = traceRun(openRun(first, options.seed));
  const right = traceRun(openRun(second, options.seed));
  const text = textOf(left.result, right.result);
  return {
    data: {
      title: `${left.opened.scenario.name} and ${right.opened.scenario.name} - splitbrain`,
      runs: [left.data, right.data],
      divergence: divergenceData(left.result, right.result, text),
    },
    file: join('.splitbrain', 'reports', 'compare.html'),
    nondeterministic: false,
    warnings: [],
  };
}

function textOf(left: RunResult, right: RunResult): string[] {
  const { event, rows } = divergenceData(left, right, []);
  if (event === null)
    return [`Both runs have the trace ${left.hash}: ${left.events} events, all equal.`];
  const side = ({ trace, scenario }: RunResult, row: number): string =>
    row < 0
      ? 'the run had ended'
      : describeRow(trace.row(row), [...scenario.servers, ...scenario.clients]).trim();
  return [`A: ${side(left, rows[0])}`, `B: ${side(right, rows[1])}`];
}
