import { HistoryBuilder } from '../../../src/history/history-builder.ts';
import type { History } from '../../../src/history/history.ts';

export interface RecordedOp {
  readonly process: number;
  readonly f: string;
  readonly key: unknown;
  readonly input: unknown;
  readonly output: unknown;
  readonly from: number;
  /** Infinity: no answer. */
  readonly to: number;
  readonly status: 'ok' | 'fail' | 'info';
}

/** One operation over `[from, to]` ms; `output` is what it answered. `to: Infinity` means that no answer came. */
export function op(
  process: number,
  text: string,
  from: number,
  to: number,
  more: { input?: unknown; output?: unknown; key?: unknown; fail?: boolean } = {},
): RecordedOp {
  const status = to === Infinity ? 'info' : more.fail === true ? 'fail' : 'ok';
  return {
    process,
    f: text,
    key: more.key,
    input: more.input ?? null,
    output: more.output,
    from,
    to,
    status,
  };
}

/** The history of these operations. */
export function recorded(ops: readonly RecordedOp[]): History {
  const builder = new HistoryBuilder();
  const events = ops.flatMap((each) => [
    { at: each.from, each, begins: true },
    ...(each.to === Infinity ? [] : [{ at: each.to, each, begins: false }]),
  ]);
  events.sort((a, b) => a.at - b.at);
  for (const { at, each, begins } of events) {
    const timeUs = at * 1000;
    if (begins) builder.invoke(each.process, each.f, each.key, each.input, timeUs);
    else
      builder.complete(
        each.process,
        each.status,
        each.output,
        timeUs,
        each.status === 'fail' && each.f === 'cas' ? 'compare failed' : null,
      );
  }
  return builder.build();
}
