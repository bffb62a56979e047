import { describe, expect, it } from 'vitest';

import { EventQueue } from '../../../src/sim/engine/event-queue.ts';

describe('the event queue', () => {
  it('grows while an event is being handled, whatever the number of pending ones', () => {
    for (const pending of [254, 255, 256, 257, 511, 512]) {
      const queue = new EventQueue();
      for (let at = 0; at < pending; at += 1) queue.push(at, at, 0, 0, 0, 0, 0, `event ${at}`);
      const handled = queue.pop();
      queue.push(pending, pending, 0, 0, 0, 0, 0, `event ${pending}`);
      queue.push(pending + 1, pending + 1, 0, 0, 0, 0, 0, `event ${pending + 1}`);
      queue.release(handled);
      const seen: unknown[] = [];
      while (queue.size > 0) {
        const slot = queue.pop();
        seen.push(queue.payload[slot]);
        queue.release(slot);
      }
      expect(seen).toEqual(Array.from({ length: pending + 1 }, (_, at) => `event ${at + 1}`));
    }
  });
});
