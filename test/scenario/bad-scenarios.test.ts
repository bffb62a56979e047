import { describe, expect, it } from 'vitest';
import { BAD_FAULTS } from './bad-faults.ts';
import { BAD_SCENARIOS } from './bad-scenarios.ts';
import { problemsOf, scenarioText, unmark } from './marked-file.ts';

describe('a scenario file with mistakes is refused, each at its line and column with what to do', () => {
  it.each([...BAD_SCENARIOS, ...BAD_FAULTS].map((bad) => [bad.mistake, bad] as const))(
    '%s',
    (_, { yaml, said, whole }) => {
      const { text, places } = unmark(whole === true ? yaml : scenarioText(yaml));
      const found = problemsOf(text);
      expect(found.texts).toEqual(said);
      expect(found.places).toEqual(places);
    },
  );

  it('the message names file, line and column, then the fix, one problem after the other', () => {
    const text = scenarioText('seed: 7\nfualts: []');
    expect(problemsOf(text).message).toBe(
      [
        's.yaml:7:7: seed: a seed is text: write it in quotes, because YAML numbers lose digits beyond 2^53 (got 7)',
        '    fix: write "7" in quotes',
        's.yaml:8:1: fualts: unknown key "fualts"',
        '    fix: did you mean "faults"?',
      ].join('\n'),
    );
  });

  it('the scenario that the mistakes are added to has none', () => {
    expect(problemsOf(scenarioText('')).message).toBe('');
  });
});
