import { HistoryBuilder } from '../../../src/history/history-builder.ts';
import type { Dialect, History, Status } from '../../../src/history/history.ts';

/** A small deterministic generator of integers below `n`. */
export type Draw = (n: number) => number;

export function drawFrom(seed: number): Draw {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % n;
  };
}

export interface Request {
  readonly f: string;
  readonly key?: unknown;
  readonly input: unknown;
  /** Any answer that the operation might give, right or wrong. */
  readonly answer: () => unknown;
  /** Whether it may end with `fail`. */
  readonly mayFail?: boolean;
}

/**
 * A random history of `operations` operations by `clients` clients that come and go: answers are random, so that about half
 * of the histories are wrong; some operations crash or never end.
 */
export function randomHistory(
  draw: Draw,
  operations: number,
  clients: number,
  request: (draw: Draw) => Request,
  dialect: Dialect,
  crashOneIn: number,
): History {
  const builder = new HistoryBuilder();
  const open = new Map<number, Request>();
  let nextProcess = clients;
  const free = Array.from({ length: clients }, (_, i) => i);
  let invoked = 0;
  while (invoked < operations || open.size > 0) {
    const mayInvoke = invoked < operations && free.length > 0;
    if (mayInvoke && (open.size === 0 || draw(2) === 0)) {
      const process = free.splice(draw(free.length), 1)[0]!;
      const asked = request(draw);
      builder.invoke(process, asked.f, asked.key, asked.input);
      open.set(process, asked);
      invoked++;
      continue;
    }
    const process = [...open.keys()][draw(open.size)]!;
    const asked = open.get(process)!;
    open.delete(process);
    const chance = draw(crashOneIn);
    if (chance === 0) {
      if (draw(2) === 0) builder.complete(process, 'info');
      free.push(nextProcess++);
      continue;
    }
    const status: Status = asked.mayFail === true && draw(3) === 0 ? 'fail' : 'ok';
    builder.complete(process, status, status === 'ok' ? asked.answer() : undefined);
    free.push(process);
  }
  return builder.build({ dialect });
}
