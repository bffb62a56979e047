import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../../src/sim/engine/random.ts';
import type { Fault } from '../../../src/sim/faults/fault.ts';
import {
  NEMESIS_KINDS,
  NEMESIS_PROFILES,
  touchesClients,
  type NemesisProfile,
} from '../../../src/sim/faults/nemesis-profile.ts';
import { drawSchedule } from '../../../src/sim/faults/nemesis.ts';
import { runHashWorld } from '../support/hash-world.ts';

function drawn(profile: NemesisProfile, seed: string, untilUs = 10_000_000): Fault[] {
  return drawSchedule(profile, 500_000, untilUs, new RandomStream(seed, 'faults/nemesis/schedule'));
}

describe.each(Object.entries(NEMESIS_PROFILES))('the nemesis with profile %s', (_name, profile) => {
  it('draws the same schedule for the same seed and another for another', () => {
    expect(drawn(profile, '1')).toEqual(drawn(profile, '1'));
    expect(drawn(profile, '1')).not.toEqual(drawn(profile, '2'));
  });

  it('keeps to its gaps, its durations and its phase, with plain data and ids in order', () => {
    for (const seed of ['1', '2', '3']) {
      const schedule = drawn(profile, seed);
      let beforeUs = 500_000;
      for (const [index, { id, start, end }] of schedule.entries()) {
        expect(id).toBe(`f${index + 1}`);
        const { atUs } = start as { atUs: number };
        expect(atUs - beforeUs).toBeGreaterThanOrEqual(profile.gapMinUs);
        expect(atUs - beforeUs).toBeLessThanOrEqual(profile.gapMaxUs);
        expect(atUs).toBeLessThan(10_000_000);
        const { forUs } = end as { forUs: number };
        expect(forUs).toBeGreaterThanOrEqual(profile.forMinUs);
        expect(forUs).toBeLessThanOrEqual(profile.forMaxUs);
        beforeUs = atUs;
      }
      expect(schedule.length).toBeGreaterThan(10);
      expect(JSON.parse(JSON.stringify(schedule))).toEqual(schedule);
    }
  });
});

describe('the nemesis', () => {
  it.each(NEMESIS_KINDS)('can draw %s', (kind) => {
    const profile = { ...NEMESIS_PROFILES['default']!, weights: { [kind]: 1 } };
    const kinds = new Set(drawn(profile, 's').map(({ action }) => action.kind));
    // One word of a profile is one kind of action.
    expect(kinds.size).toBe(1);
  });

  it('touches clients only by the words that say so', () => {
    for (const kind of NEMESIS_KINDS) {
      const profile = { ...NEMESIS_PROFILES['default']!, weights: { [kind]: 1 } };
      const drawnOfClients = JSON.stringify(drawn(profile, 's')).includes('clients');
      expect([kind, drawnOfClients]).toEqual([kind, touchesClients(kind)]);
    }
  });

  it('disturbs the links between clients and servers in both directions', () => {
    const profile = { ...NEMESIS_PROFILES['default']!, weights: { 'drop-clients': 1 } };
    const directions = new Set(
      drawn(profile, 's', 60_000_000).map(({ action }) =>
        action.kind === 'messages' ? `${action.from.kind} to ${action.to.kind}` : action.kind,
      ),
    );
    expect(directions).toEqual(new Set(['clients to servers', 'servers to clients']));
  });

  it('draws as often as the weights say', () => {
    const profile = {
      ...NEMESIS_PROFILES['default']!,
      weights: { halves: 3, ring: 1, 'kill-one': 0 },
    };
    const schedule = drawn(profile, 's', 1_000_000_000);
    const halves = schedule.filter(({ action }) => action.kind === 'halves').length;
    expect(schedule.length).toBeGreaterThan(2_000);
    expect(Math.abs(halves / schedule.length - 0.75)).toBeLessThan(0.04);
    expect(schedule.some(({ action }) => action.kind === 'kill')).toBe(false);
  });

  it.each(['1', '2', '3'])(
    'only draws: its schedule given explicitly yields the same run (seed %s)',
    (seed) => {
      const own = runHashWorld(seed);
      const saved = JSON.parse(JSON.stringify(own.schedule)) as Fault[];
      expect(saved.length).toBeGreaterThan(1);
      expect(runHashWorld(seed, {}, saved).hash).toBe(own.hash);
      expect(runHashWorld(seed, {}, saved.slice(1)).hash).not.toBe(own.hash);
    },
  );
});
