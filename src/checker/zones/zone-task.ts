import type { History } from '../../history/history.ts';
import { NEVER } from '../../history/history.ts';
import type { RegisterColumns } from '../compile/compile-registers.ts';
import { DROPPED } from '../compile/compile-registers.ts';
import type { ObjectTask } from '../compile/search-tasks.ts';
import { READ, WRITE } from '../search/machine.ts';
import { RegisterMachine } from '../search/register-machine.ts';
import type { ZoneViolation } from './zone-check.ts';

/** A zone violation as a small task: the operations on the values at fault, and those of them that make the zones. */
export interface ZoneTask {
  readonly task: ObjectTask;
  readonly candidates: readonly number[] | undefined;
  readonly failed: number;
}

/**
 * Leaving out every operation on the other values of a plain register keeps a linearizable history linearizable, so a violation
 * of what remains is one of the whole.
 */
export function zoneTask(
  history: History,
  registers: RegisterColumns,
  violation: ZoneViolation,
): ZoneTask {
  const { kind, from, to, object } = registers;
  const { invoke, complete, keys } = history.columns;
  const valueOf = (i: number): number =>
    i < 0 ? registers.initial : kind[i] === READ ? from[i]! : to[i]!;
  const values =
    violation.rule === 'never-written' || violation.rule === 'read-before-write'
      ? [valueOf(violation.read)]
      : [valueOf(violation.first), valueOf(violation.second)];
  const machine = new RegisterMachine();
  const ops: number[] = [];
  for (let i = 0; i < kind.length; i++)
    if (object[i] === violation.object && kind[i] !== DROPPED && values.includes(valueOf(i)))
      ops.push(i);
  const action = Int32Array.from(ops, (i) => machine.action(kind[i]!, from[i]!, to[i]!));
  const task = {
    machine,
    starts: [registers.initial],
    op: Int32Array.from(ops),
    action,
    invoke: Int32Array.from(ops, (i) => invoke[i]!),
    complete: Int32Array.from(ops, (i) => complete[i]!),
    optional: undefined,
  };
  const candidates = new Set<number>();
  const note = (at: number): void => {
    if (at >= 0 && task.complete[at] !== NEVER) candidates.add(at);
  };
  if (violation.rule === 'never-written' || violation.rule === 'read-before-write')
    note(ops.indexOf(violation.read));
  else
    for (const value of values) {
      const cluster = ops.map((_, at) => at).filter((at) => valueOf(ops[at]!) === value);
      note(cluster.find((at) => kind[ops[at]!] === WRITE) ?? -1);
      note(least(cluster, task.complete));
      note(
        least(
          cluster,
          task.invoke.map((position) => -position),
        ),
      );
    }
  const list = [...candidates].sort((a, b) => a - b);
  const failed = least(
    list,
    task.complete.map((position) => -position),
  );
  const key = violation.object === 0 ? undefined : keys[violation.object - 1];
  const name = key === undefined ? undefined : typeof key === 'string' ? key : JSON.stringify(key);
  return { task: { name, task }, candidates: list, failed };
}

function least(among: readonly number[], by: Int32Array): number {
  let best = -1;
  for (const i of among) if (best < 0 || by[i]! < by[best]!) best = i;
  return best;
}
