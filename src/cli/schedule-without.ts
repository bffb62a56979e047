import type { Fault } from '../sim/faults/fault.ts';
import { CommandError } from './exit-codes.ts';

/** A schedule without some of its faults. @throws CommandError for one that it does not have; `option` is who asked. */
export function scheduleWithout(
  schedule: readonly Fault[],
  without: readonly string[],
  option: string,
): readonly Fault[] {
  const ids = schedule.map((fault) => fault.id);
  for (const id of without)
    if (!ids.includes(id))
      throw new CommandError(
        `${option} ${id}: this run has no such fault; it has ${ids.join(', ') || 'none'}`,
      );
  return schedule.filter((fault) => !without.includes(fault.id));
}
