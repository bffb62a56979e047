import { describe, expect, test } from 'vitest';
import { checkAll } from '../../../src/checker/lattice/check-all.ts';
import { IMPLICATIONS, type Consistency } from '../../../src/checker/lattice/consistency.ts';
import { subHistory } from './story.ts';
import { memoryStories, transactionStories } from './golden-stories.ts';

const stories = [...memoryStories, ...transactionStories];

/** Every model that is implied by this one. */
function weakerThan(consistency: Consistency): Consistency[] {
  const direct = IMPLICATIONS.filter(([stronger]) => stronger === consistency).map(
    ([, weaker]) => weaker,
  );
  return [...direct, ...direct.flatMap(weakerThan)];
}

describe('hand-made violations are explained with the operations a person would name', () => {
  test.each(stories)('$name', async ({ name, history, consistency, core, summary }) => {
    const { verdicts } = checkAll(history);
    const verdict = verdicts.find((candidate) => candidate.consistency === consistency)!;
    expect(verdict).toMatchObject({ verdict: 'violated', core, coreIsMinimal: true, summary });
    for (const index of core) expect(verdict.explanation).toContain(`#${String(index)}`);
    await expect(`${verdict.explanation}\n`).toMatchFileSnapshot(
      `golden/${name.replaceAll(/[^a-z]+/g, '-')}.txt`,
    );
  });

  // These two name answers that cannot both be right, and leave out the writes that everybody knows of.
  const closed = stories.filter(
    ({ consistency, core }) =>
      consistency !== 'linearizable' && consistency !== 'quiescent-convergence' && core.length > 1,
  );
  test.each(closed)(
    '$name: the core alone is a violation, and needs each of its reads',
    ({ history, consistency, core }) => {
      const judge = (operations: readonly number[]): string =>
        checkAll(subHistory(history, operations), { only: [consistency] }).verdicts[0]!.verdict;
      expect(judge(core)).toBe('violated');
      for (const index of core)
        if (history.operation(index).f === 'read')
          expect(
            judge(core.filter((other) => other !== index)),
            `without #${String(index)}`,
          ).not.toBe('violated');
    },
  );
});

test('what is weaker than a violated model is judged by itself', () => {
  for (const { history, consistency } of stories) {
    const violated = new Set(
      checkAll(history, { independently: true })
        .verdicts.filter(({ verdict }) => verdict === 'violated')
        .map((verdict) => verdict.consistency),
    );
    expect(violated).toContain(consistency);
    for (const [stronger, weaker] of IMPLICATIONS)
      if (violated.has(weaker))
        expect(violated, `${weaker} but not ${stronger}`).toContain(stronger);
    expect(weakerThan(consistency).length).toBeLessThan(IMPLICATIONS.length);
  }
});
