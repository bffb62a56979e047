import { HistoryBuilder } from '../../../src/history/history-builder.ts';
import type { History, Status } from '../../../src/history/history.ts';

/**
 * A history in a few words, one operation a line, one after the other:
 * `c1 write x 1`, `c2 read x 1` (the value is the answer), `c1 cas x 1 2`, and `... fail` or `... info` for their outcome.
 * Values are integers or null. `c1 begins write x 1` and `c1 ends` overlap with what stands between them.
 */
export function story(...lines: readonly string[]): History {
  const builder = new HistoryBuilder();
  const open = new Map<number, { value: unknown; status: Status }>();
  lines.forEach((line, index) => {
    const words = line.split(' ');
    const process = Number(words.shift()!.slice(1));
    if (words[0] === 'ends') {
      const { value, status } = open.get(process)!;
      builder.complete(process, status, value, index * 10 + 5);
      return;
    }
    const begins = words[0] === 'begins';
    if (begins) words.shift();
    const last = words.at(-1)!;
    const status: Status = last === 'fail' || last === 'info' ? last : 'ok';
    if (status !== 'ok') words.pop();
    const [f, key, ...values] = words as [string, string, ...string[]];
    const numbers = values.map((value) => (value === 'null' ? null : Number(value)));
    const value = f === 'cas' ? numbers : numbers[0];
    builder.invoke(process, f, key, f === 'read' ? null : value, index * 10);
    if (begins) open.set(process, { value, status });
    else builder.complete(process, status, value, index * 10 + 5);
  });
  return builder.build();
}

type MicroOperation = readonly [string, string, unknown];

/**
 * A history of transactions, all concurrent unless `after` tells otherwise: `after: 0` begins when transaction 0 has ended.
 */
export function transactionStory(
  ...transactions: readonly {
    readonly steps: readonly MicroOperation[];
    readonly status?: Status;
    readonly after?: number;
  }[]
): History {
  const builder = new HistoryBuilder();
  const ended = new Set<number>();
  const end = (index: number): void => {
    if (ended.has(index)) return;
    ended.add(index);
    builder.complete(index, transactions[index]!.status ?? 'ok', transactions[index]!.steps);
  };
  transactions.forEach(({ steps, after }, index) => {
    if (after !== undefined) end(after);
    builder.invoke(
      index,
      'txn',
      undefined,
      steps.map(([f, key, value]) => [f, key, f === 'r' ? null : value]),
    );
  });
  transactions.forEach((_, index) => {
    end(index);
  });
  return builder.build();
}

/** The history with only these operations. */
export function subHistory(history: History, operations: readonly number[]): History {
  const builder = new HistoryBuilder();
  const events = operations
    .map((index) => history.operation(index))
    .flatMap((op) => [
      { at: op.invoke, op, ends: false },
      { at: op.complete, op, ends: true },
    ])
    .sort((a, b) => a.at - b.at);
  for (const { op, ends } of events)
    if (ends) builder.complete(op.process, op.status, op.output, op.completeTimeUs, op.error);
    else builder.invoke(op.process, op.f, op.key, op.input, op.invokeTimeUs);
  return builder.build({ dialect: history.dialect });
}
