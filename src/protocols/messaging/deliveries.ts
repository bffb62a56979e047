import type { BrokerState } from './broker-state.ts';
import type { Delivery, Position } from './messages.ts';

/**
 * What a consumer of `group` gets next: at most `room` messages from where it stands. `readable`: how much of a queue it may
 * see; all of it when left out.
 */
export function deliveriesFor(
  state: BrokerState,
  group: number,
  positions: readonly Position[],
  room: number,
  readable: (queue: number) => number = (queue) => state.queue(group, queue).length,
): readonly Delivery[] {
  const found: Delivery[] = [];
  for (const { queue, next } of positions)
    for (let offset = next; offset < readable(queue) && found.length < room; offset += 1)
      found.push({ queue, offset, ...state.queue(group, queue)[offset]! });
  return found;
}
