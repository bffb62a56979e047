import type { Figure } from '../protocol.ts';
import type { LockJudge } from './lock-judge.ts';

/** What {@link LockJudge} measures of any lock service. */
export const lockFigureNames: readonly string[] = ['grants', 'overrun-max'];

/** `overrun-max`: the longest time that a client believed after the service had ended its grant. */
export function lockFigures({ measures }: LockJudge): readonly Figure[] {
  return [
    { name: 'grants', unit: 'count', value: measures.grants },
    { name: 'overrun-max', unit: 'us', value: measures.overrunUs },
  ];
}
