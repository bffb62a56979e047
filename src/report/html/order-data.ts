import { check } from '../../checker/check.ts';
import { MODELS } from '../../checker/models/catalogue.ts';
import { History, INFO, NEVER, NO_KEY, type HistoryColumns } from '../../history/history.ts';
import { canonicalJson } from '../../history/canonical-json.ts';
import { ABSENT } from '../../history/value-table.ts';
import type { ModelData, OrderData } from './report-data.ts';

/** Beyond this the order is not looked for again: it would cost as much as the verdict did. */
const MOST_ORDERED_OPERATIONS = 20_000;

export interface HistoryOrders {
  readonly orders: readonly OrderData[];
  readonly culprit: number | null;
}

/** The model that a page can replay; null for a model it does not know by name. */
export function modelData(history: History, model: string | null): ModelData | null {
  if (model === null || !MODELS.some(({ name }) => name === model)) return null;
  const { initial, nilRead, casFail } = history.dialect;
  return { name: model, initial, nilRead, casFail };
}

/**
 * An order that explains every answer; when there is none (`core` is not empty), one of what had been answered before
 * the culprit was: the operation of the core that completed last.
 */
export function collectOrders(
  history: History,
  model: string | null,
  core: readonly number[],
): HistoryOrders {
  const culprit = core.length === 0 ? null : lastAnswered(history, core);
  if (model === null || history.length === 0 || history.length > MOST_ORDERED_OPERATIONS)
    return { orders: [], culprit };
  const kept = culprit === null ? allOf(history) : beforeCulprit(history, culprit);
  if (kept.length === 0) return { orders: [], culprit };
  const verdict = check(part(history, kept, culprit), { model, witness: true });
  const { certificate } = verdict;
  if (certificate?.kind !== 'order') return { orders: [], culprit };
  const orders = certificate.orders
    .filter((order) => order.length > 0)
    .map((order) => order.map((index) => kept[index]!))
    .map((order): OrderData => {
      const key = history.columns.key[order[0]!]!;
      return {
        object: key === NO_KEY ? null : keyText(history.columns.keys[key]),
        order,
        complete: culprit === null,
      };
    });
  return { orders, culprit };
}

/** What a report of this history has to say of the order that it does not give. */
export function leftOut({ length }: History, model: string | null): string[] {
  return model === null || length <= MOST_ORDERED_OPERATIONS
    ? []
    : [
        `no order of the ${length} operations is given: it is looked for up to ${MOST_ORDERED_OPERATIONS}`,
      ];
}

function keyText(key: unknown): string {
  return typeof key === 'string' ? key : canonicalJson(key);
}

function lastAnswered({ columns }: History, core: readonly number[]): number {
  return core.reduce((last, index) => {
    const [a, b] = [columns.complete[last]!, columns.complete[index]!];
    if (a === NEVER) return index;
    return b !== NEVER && b > a ? index : last;
  });
}

function allOf(history: History): number[] {
  return Array.from({ length: history.length }, (_, index) => index);
}

function beforeCulprit(history: History, culprit: number): number[] {
  const end = history.columns.complete[culprit]!;
  return allOf(history).filter(
    (index) => index !== culprit && history.columns.invoke[index]! < end,
  );
}

/** These operations only; what was not answered before the culprit was has an unknown outcome. */
function part(
  { columns, dialect }: History,
  kept: readonly number[],
  culprit: number | null,
): History {
  const end = culprit === null ? NEVER : columns.complete[culprit]!;
  const open = kept.map((index) => columns.complete[index]! > end && columns.status[index] === 0);
  const ints = (column: Int32Array): Int32Array => Int32Array.from(kept, (index) => column[index]!);
  const floats = (column: Float64Array): Float64Array =>
    Float64Array.from(kept, (index) => column[index]!);
  const cut: HistoryColumns = {
    ...columns,
    process: ints(columns.process),
    f: Uint16Array.from(kept, (index) => columns.f[index]!),
    key: ints(columns.key),
    input: ints(columns.input),
    output: Int32Array.from(kept, (index, at) => (open[at]! ? ABSENT : columns.output[index]!)),
    status: Uint8Array.from(kept, (index, at) => (open[at]! ? INFO : columns.status[index]!)),
    error: Uint16Array.from(kept, (index) => columns.error[index]!),
    invoke: ints(columns.invoke),
    complete: Int32Array.from(kept, (index, at) => (open[at]! ? NEVER : columns.complete[index]!)),
    invokeTimeUs: floats(columns.invokeTimeUs),
    completeTimeUs: floats(columns.completeTimeUs),
    invokeLine: ints(columns.invokeLine),
    completeLine: ints(columns.completeLine),
  };
  return new History(cut, dialect);
}
