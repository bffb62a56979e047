import { HistoryBuilder } from '../../../src/history/history-builder.ts';
import type { History, Status } from '../../../src/history/history.ts';
import { drawFrom } from '../oracle/random-histories.ts';

/** What one client does: a request, its effect at a single moment, and the answer (or how it ends without one). */
export interface LongKind {
  readonly request: (draw: (n: number) => number, process: number) => { f: string; input: unknown };
  readonly perform: (f: string, input: unknown, process: number) => unknown;
}

/** `operations` operations by `clients` clients that are always busy; `spoil` changes the answer of one operation near the end. */
export function longHistory(
  kind: LongKind,
  operations: number,
  clients: number,
  spoil: (f: string, answer: unknown) => unknown,
): History {
  const draw = drawFrom(operations + clients);
  const builder = new HistoryBuilder();
  const busy = new Map<number, { f: string; input: unknown; answer?: unknown; done: boolean }>();
  let spoiled = false;
  while (builder.length < operations || busy.size > 0) {
    const process = draw(clients);
    const asked = busy.get(process);
    if (asked === undefined) {
      if (builder.length >= operations) continue;
      const request = kind.request(draw, process);
      busy.set(process, { ...request, done: false });
      builder.invoke(process, request.f, undefined, request.input);
    } else if (!asked.done) {
      asked.done = true;
      asked.answer = kind.perform(asked.f, asked.input, process);
    } else {
      busy.delete(process);
      let { answer } = asked;
      if (!spoiled && builder.length > operations * 0.95) {
        const wrong = spoil(asked.f, answer);
        spoiled = wrong !== undefined;
        if (spoiled) answer = wrong;
      }
      if (typeof answer === 'object' && answer !== null)
        builder.complete(process, (answer as { status: Status }).status);
      else builder.complete(process, 'ok', answer);
    }
  }
  return builder.build();
}

/** Data types whose one violation lies near the end of a long history. */
export const LONG_KINDS: readonly {
  readonly model: string;
  readonly kind: () => LongKind;
  readonly spoil: (f: string, answer: unknown) => unknown;
}[] = [
  {
    model: 'counter',
    kind() {
      let count = 0;
      return {
        request: (draw) => (draw(4) === 0 ? { f: 'read', input: null } : { f: 'add', input: 1 }),
        perform(f) {
          if (f === 'read') return count;
          count++;
          return undefined;
        },
      };
    },
    spoil: (f, answer) => (f === 'read' ? (answer as number) - 30 : undefined),
  },
  {
    model: 'set',
    kind() {
      const elements = new Set<unknown>();
      return {
        request: (draw) => ({ f: ['add', 'remove', 'contains'][draw(3)]!, input: draw(100) }),
        perform(f, input) {
          if (f === 'contains') return elements.has(input);
          if (f === 'add') elements.add(input);
          else elements.delete(input);
          return undefined;
        },
      };
    },
    spoil: (f, answer) => (f === 'contains' ? !(answer as boolean) : undefined),
  },
  {
    model: 'log',
    kind() {
      const entries: unknown[] = [];
      return {
        request: (draw) =>
          draw(2) === 0
            ? { f: 'read', input: draw(entries.length + 1) }
            : { f: 'append', input: `e${draw(1_000_000)}` },
        perform: (f, input) =>
          f === 'read' ? (entries[input as number] ?? null) : entries.push(input) - 1,
      };
    },
    spoil: (f, answer) => (f === 'append' ? (answer as number) - 1 : undefined),
  },
  {
    model: 'queue',
    kind() {
      const held: unknown[] = [];
      let next = 0;
      return {
        request: (draw) =>
          draw(2) === 0 ? { f: 'dequeue', input: null } : { f: 'enqueue', input: ++next },
        perform: (f, input) => (f === 'dequeue' ? (held.shift() ?? null) : void held.push(input)),
      };
    },
    spoil: (f, answer) => (f === 'dequeue' && answer !== null ? 1 : undefined),
  },
  {
    model: 'lock',
    kind() {
      let holder = -1;
      return {
        request: (_, process) => ({
          f: holder === process ? 'release' : 'acquire',
          input: null,
        }),
        perform(f, _, process) {
          if (f === 'release') {
            holder = -1;
            return { status: 'ok' };
          }
          if (holder >= 0) return { status: 'fail' };
          holder = process;
          return { status: 'ok' };
        },
      };
    },
    spoil: (f, answer) =>
      f === 'acquire' && (answer as { status: string }).status === 'fail'
        ? { status: 'ok' }
        : undefined,
  },
];
