import type { Timeline } from './timeline.ts';

/**
 * The whole linearization behind a chain of configurations. `steps[r]` are the operations whose effect was needed before
 * completion `r`; every other operation is put at the first point where it changed nothing.
 */
export function orderOf(
  timeline: Timeline,
  steps: readonly (readonly number[])[],
  start: number,
): number[] {
  const { task, events, returns } = timeline;
  const { machine } = task;
  const order: number[] = [];
  const needed = new Set(steps.flat());
  const spareable = new Set<number>();
  let state = start;
  const settle = (): void => {
    for (const i of spareable)
      if (machine.step(state, task.action[i]!) === state) {
        order.push(i);
        spareable.delete(i);
      }
  };
  let e = 0;
  for (let r = 0; r < returns.length; r++) {
    for (; e < returns[r]!; e++) {
      const i = events[e]! >> 1;
      if (timeline.slotOf[i]! >= 0 && (events[e]! & 1) === 0 && !needed.has(i)) spareable.add(i);
    }
    settle();
    for (const i of steps[r]!) {
      const action = task.action[i]!;
      if (machine.isBlind(action))
        for (const other of spareable)
          if (machine.isTotal(task.action[other]!) && !machine.isPure(task.action[other]!)) {
            order.push(other);
            spareable.delete(other);
          }
      order.push(i);
      state = machine.step(state, action);
      settle();
    }
  }
  return order;
}
