import { isFailure, type PropertyResult } from '../../scenario/run-result.ts';
import { operationRows } from './operation-rows.ts';
import type { RecordedRun } from './recorded-run.ts';

/** The property to tell of first: one that is not as declared, else one that is violated as declared. */
export function tellingProperty(properties: readonly PropertyResult[]): PropertyResult | undefined {
  const located = ({ event, operations }: PropertyResult): boolean =>
    event !== null || operations.length > 0;
  const violated = properties.filter(({ verdict }) => verdict === 'violated');
  return (
    violated.find((property) => isFailure(property) && located(property)) ??
    violated.find((property) => located(property))
  );
}

/** The row at which the violation could be seen: where an invariant broke, or where the culprit had its answer; -1: none. */
export function violationRow({ result }: Pick<RecordedRun, 'result'>): number {
  const property = tellingProperty(result.properties);
  if (property === undefined) return -1;
  if (property.event !== null) return result.trace.firstRowOf(property.event);
  const rows = operationRows(result.trace);
  return Math.max(-1, ...property.operations.map((index) => rows[index]?.completeRow ?? -1));
}
