import type { History } from '../../history/history.ts';
import { CheckError } from '../check-error.ts';
import type { Model } from '../models/model.ts';

/** Refuses an operation whose values do not have the shape that the model needs. */
export function complain(history: History, index: number, rule: string): never {
  const op = history.operation(index);
  const line = op.completeLine > 0 && op.status === 'ok' ? op.completeLine : op.line;
  throw new CheckError(
    { file: history.columns.file, line: line > 0 ? line : undefined },
    `operation #${index} (${op.f} by process ${op.process}) has a value of the wrong shape: ` +
      `input ${history.values.text(history.columns.input[index]!)}, ` +
      `output ${history.values.text(history.columns.output[index]!)}`,
    rule,
    'Correct the value, or choose another model.',
  );
}

/** Refuses a history with operations that the model does not know: they are never passed over. */
export function refuseUnknownFunctions(history: History, model: Model): void {
  const unknown = history.columns.functions.filter((f) => !model.functions.includes(f));
  if (unknown.length === 0) return;
  const f = history.columns.functions.indexOf(unknown[0]!);
  const index = history.columns.f.indexOf(f);
  if (index < 0) return;
  const line = history.columns.invokeLine[index]!;
  throw new CheckError(
    { file: history.columns.file, line: line > 0 ? line : undefined },
    `the model "${model.name}" does not know the operation ${unknown.map((name) => `"${name}"`).join(', ')}`,
    `only ${model.functions.join(', ')}`,
    'Choose the model that fits this history (--model), or leave these operations out of the file.',
  );
}
