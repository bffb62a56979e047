import { describe, expect, it } from 'vitest';
import { problemsOf, scenarioText, unmark } from './marked-file.ts';
import { property, runToy, WORKLOAD } from './run-toy.ts';

const SCRIPT =
  'script: [{ id: w1, at: 10ms, client: c1, do: write, key: x, value: 7 }, { id: r1, at: 50ms, client: c1, do: read, key: x }]';

function asTold(require: string, ...lines: string[]): { verdict: string; said: string[] } {
  const { verdict, sentence, because } = property(
    runToy([SCRIPT, `require: ${require}`, ...lines]),
    'as-told',
  );
  return { verdict, said: [sentence, ...because].filter((line) => line !== '') };
}

describe('a run must go as its `require:` tells', () => {
  it('operations end as told, with the answer told', () => {
    expect(asTold('{ outcomes: { w1: ok, r1: { ok: 7 } } }')).toEqual({
      verdict: 'holds',
      said: [],
    });
    expect(asTold('{ outcomes: { w1: info, r1: { ok: 8 } } }')).toMatchObject({
      verdict: 'violated',
      said: [
        expect.stringMatching(/^w1 should end info, and ended ok/),
        'r1 should answer 8, and answered (7).',
      ],
    });
  });

  it('an operation without an answer is unanswered', () => {
    const slow = ['network: { latency: 10ms }', 'duration: 60ms', 'liveness: none'];
    const told = asTold('{ outcomes: { w1: ok, r1: unanswered } }', ...slow);
    expect(told.verdict).toBe('holds');
  });

  it('marks and messages happen as often as told', () => {
    expect(
      asTold('{ events: [{ mark: leader, node: n1, times: 1 }, { message: Request }] }').verdict,
    ).toBe('holds');
    expect(
      asTold(
        '{ events: [{ mark: leader, node: n2 }, { message: Request, from: c2, to: n1, atMost: 0 }] }',
        WORKLOAD,
      ).said,
    ).toEqual([
      'mark leader at n2 should happen at least 1 times, and happened 0 times.',
      expect.stringMatching(
        /^Request from c2 to n1 sent should happen at most 0 times|happen 0 times/,
      ),
    ]);
  });

  it('servers stand as told when the fault phase ends', () => {
    expect(asTold('{ states: { n1: a register } }').verdict).toBe('holds');
    expect(asTold('{ states: { n1: a queue } }').said).toEqual([
      'n1 should be "a queue" when the fault phase ends, and was "a register".',
    ]);
  });

  it('names that mean nothing are refused where they stand', () => {
    const { text, places } = unmark(
      scenarioText(
        [
          'require:',
          '  outcomes: { @@w7: ok }',
          '  events: [{ mark: @@leadr }, { message: @@Vote }, { mark: leader, node: @@n9 }]',
          '  states: { @@n8: leader }',
        ].join('\n'),
      ),
    );
    const found = problemsOf(text);
    expect(found.texts).toHaveLength(5);
    expect(found.places).toEqual(places);
    expect(found.texts[1]).toContain('did you mean "leader"?');
  });
});
