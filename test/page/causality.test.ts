import { describe, expect, it } from 'vitest';

import { causeOf, cone, FUTURE, PAST, whyChain } from '../../src/page/model/causality.ts';
import { faultBehind, faultOfLoss } from '../../src/page/model/fault-behind.ts';
import * as Kind from '../../src/sim/engine/event-kind.ts';
import { causalPastOf } from './causal-past.ts';
import { collected } from './collected-run.ts';

const { open, result } = collected('raft/showcase');
const { model } = open;

describe('causes', () => {
  it('of a delivery are the send of the same message, between the same nodes, earlier', () => {
    const { kind, cause, node, peer, payload, timeUs } = model.data.rows;
    let deliveries = 0;
    for (let row = 0; row < model.count; row += 1) {
      if (kind[row] !== Kind.DELIVER) continue;
      deliveries += 1;
      const send = cause[row]!;
      expect(kind[send]).toBe(Kind.SEND);
      expect([node[send], peer[send], payload[send]]).toEqual([peer[row], node[row], payload[row]]);
      expect(timeUs[send]!).toBeLessThanOrEqual(timeUs[row]!);
    }
    expect(deliveries).toBe(result.messages.delivered);
  });

  it('are known for every loss', () => {
    const { kind, cause } = model.data.rows;
    const drops = [...kind.keys()].filter((row) => kind[row] === Kind.DROP);
    expect(drops.length).toBe(result.messages.lost);
    for (const row of drops) expect(kind[cause[row]!]).toBe(Kind.SEND);
  });

  it('form the cone that the definition gives, both ways', () => {
    for (const row of [10, 500, 900, model.count - 1]) {
      const grades = cone(model, row);
      const past = causalPastOf(model, row);
      for (let at = 0; at < model.count; at += 1)
        expect(grades[at] === PAST, `row ${at} before ${row}`).toBe(past.has(at));
    }
    const row = 500;
    const grades = cone(model, row);
    for (let at = row + 1; at < row + 300; at += 1)
      expect(grades[at] === FUTURE, `row ${at} after ${row}`).toBe(
        causalPastOf(model, at).has(row),
      );
  });

  it('lead back from the stale answer to the request, step by step', () => {
    const chain = whyChain(model, model.data.head.violationRow, 50);
    expect(chain.length).toBeGreaterThan(3);
    for (const [index, row] of chain.entries())
      expect(row).toBe(causeOf(model, chain[index - 1] ?? model.data.head.violationRow));
  });
});

describe('the fault behind a violation', () => {
  it('is the isolation of the leader that answered the stale read', () => {
    expect(faultBehind(model, model.data.head.violationRow)?.id).toBe('cut');
  });

  it('is nothing before any fault began', () => {
    expect(faultBehind(model, 5)).toBeNull();
  });

  it('is named for a message that it cut', () => {
    const { kind, a } = model.data.rows;
    const partition = Kind.DROP_REASONS.indexOf('partition');
    const lost = [...kind.keys()].find((row) => kind[row] === Kind.DROP && a[row] === partition)!;
    expect(faultOfLoss(model, lost)?.id).toBe('cut');
  });
});
