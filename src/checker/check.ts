import type { History } from '../history/history.ts';
import { CheckError } from './check-error.ts';
import { checkLinearizable } from './check-linearizable.ts';
import type { CheckOptions } from './check-options.ts';
import { modelNamed, MODELS } from './models/catalogue.ts';
import type { Verdict } from './verdict.ts';

/**
 * Judges a history. Exact: `holds` and `violated` are never guesses; when the budget runs out the verdict is `inconclusive`.
 * @throws CheckError when the history is empty, or has operations or values that the model does not know.
 */
export function check(history: History, options: CheckOptions): Verdict {
  const model = typeof options.model === 'string' ? modelNamed(options.model) : options.model;
  if (model === undefined)
    throw new CheckError(
      {},
      `there is no model ${JSON.stringify(options.model)}`,
      `one of ${MODELS.map((known) => known.name).join(', ')}`,
      'Choose one of these, or pass a sequential specification of your own.',
    );
  if (history.length === 0)
    throw new CheckError(
      { file: history.columns.file },
      'a history without operations',
      'at least one invocation',
      'Nothing was judged: record some operations first.',
    );
  return checkLinearizable(history.withDialect(dialectOf(options)), model, options);
}

function dialectOf(options: CheckOptions): Parameters<History['withDialect']>[0] {
  return {
    ...('initial' in options ? { initial: options.initial } : {}),
    ...(options.nilRead === undefined ? {} : { nilRead: options.nilRead }),
    ...(options.casFail === undefined ? {} : { casFail: options.casFail }),
  };
}
