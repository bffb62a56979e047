import { basename } from 'node:path';

import { check } from '../../checker/check.ts';
import { checkAll } from '../../checker/lattice/check-all.ts';
import type { History } from '../../history/history.ts';
import { readHistory } from '../../history/read-history.ts';
import { collectHistory } from '../../report/html/collect-history.ts';
import { CommandError } from '../exit-codes.ts';
import type { ReportParts } from './run-report.ts';

/** A report of a history from anywhere: no messages, but operations, orders and transactions. */
export async function historyReport(file: string): Promise<ReportParts> {
  const { history } = await readHistory(file);
  if (history.length === 0)
    throw new CommandError(`${file}: a history without operations; there is nothing to show`);
  return {
    data: {
      title: `${basename(file)} - splitbrain`,
      runs: [collectHistory(history, basename(file), verdictOf(history))],
    },
    file: `${file}.html`,
    nondeterministic: false,
    warnings: [],
  };
}

function verdictOf(history: History): Parameters<typeof collectHistory>[2] {
  const { model, verdicts } = checkAll(history, { only: ['linearizable', 'serializable'] });
  const told = verdicts.find(({ verdict }) => verdict !== 'not judged') ?? verdicts[0]!;
  if (told.consistency !== 'linearizable' || told.verdict === 'not judged')
    return { ...told, model: null };
  const { verdict, core, summary, explanation, procedure } = check(history, { model });
  return {
    model,
    consistency: 'linearizable',
    verdict,
    core,
    summary,
    because: explanation.split('\n').slice(1),
    procedure,
  };
}
