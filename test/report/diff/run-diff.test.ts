import { describe, expect, it } from 'vitest';
import { diffRuns } from '../../../src/report/diff/run-diff.ts';
import { diffText } from '../../../src/report/diff/diff-text.ts';
import { PLAIN } from '../../../src/report/format.ts';
import { recordRun, type RecordedRun } from '../../../src/report/trace/recorded-run.ts';
import * as Kind from '../../../src/sim/engine/event-kind.ts';
import { recorded } from '../trace/recorded.ts';

const showcase = recorded('raft/showcase');

function without({ result: { scenario, seed, schedule } }: RecordedRun, id: string): RecordedRun {
  return recordRun(scenario, { seed, schedule: schedule.filter((fault) => fault.id !== id) });
}

describe('the difference of two runs', () => {
  it('of one and the same is none', () => {
    expect(diffRuns(showcase, recorded('raft/showcase'))).toBe(null);
  });

  it('without a fault begins where the fault did, and then with the first message it took', () => {
    const twin = without(showcase, 'cut');
    const diff = diffRuns(showcase, twin)!;
    const { trace } = showcase.result;
    expect(trace.row(diff.first.a)).toMatchObject({ kind: Kind.CONTROL, payload: 'fault cut' });
    expect(diff.equalEvents).toBe(trace.row(diff.first.a).event - 1);
    expect(trace.row(diff.firstActing!.a).kind).toBe(Kind.DROP);
    expect(diff.scheduleOnlyA).toHaveLength(1);
    expect(diff.scheduleOnlyB).toEqual([]);
    expect(diff.verdicts).toContainEqual({ property: 'linearizable', a: 'violated', b: 'holds' });
    expect(diff.operations[0]).toEqual({
      operation: 2,
      a: 'c1 write x 2: ok',
      b: 'c1 read x: ok -> 1',
    });
  });

  it('is symmetric', () => {
    const twin = without(showcase, 'cut');
    const [there, back] = [diffRuns(showcase, twin)!, diffRuns(twin, showcase)!];
    expect(back.first).toEqual({ a: there.first.b, b: there.first.a });
    expect(back.equalEvents).toBe(there.equalEvents);
    expect(back.scheduleOnlyB).toEqual(there.scheduleOnlyA);
  });

  it('its stretches cover every row of both from the first difference on', () => {
    const other = recorded('raft/showcase', '2');
    const { stretches, first } = diffRuns(showcase, other)!;
    for (const side of ['a', 'b'] as const) {
      let at = Math.max(first.a, first.b);
      for (const stretch of stretches) {
        expect(stretch[side][0]).toBe(at);
        at = stretch[side][1];
      }
      expect(at).toBe((side === 'a' ? showcase : other).result.trace.keptRows());
    }
  });

  it('of a run and its beginning says that one had ended', () => {
    const { scenario, seed } = showcase.result;
    const part = recordRun(scenario, { seed, untilEvent: 100 });
    const diff = diffRuns(showcase, part)!;
    expect(diff.equalEvents).toBe(100);
    expect(diff.first.b).toBe(-1);
    expect(part.result.trace.keptRows()).toBe(diff.first.a);
  });

  it('as text: faults, verdicts and answers first, then the rows side by side', () => {
    const twin = without(showcase, 'cut');
    const options = { style: PLAIN, width: 160, lines: 10 };
    const text = [...diffText(showcase, twin, diffRuns(showcase, twin)!, options)].join('\n');
    expect(text).toContain(
      '  - only A  cut  30ms after r1 is completed  isolate leader  for 1.8s\n',
    );
    expect(text).toContain('  linearizable   A violated, B holds\n');
    expect(text).toMatch(
      /Equal up to event 230\. First difference:\n( +22[89]| +230) 0\.\d+ n1 gets/,
    );
    expect(text).toMatch(/\n +231 0\.704643 fault cut +<\n/);
    expect(text).toContain('First thing that a node does otherwise:');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
  });
});
