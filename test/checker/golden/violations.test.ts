import { describe, expect, it } from 'vitest';
import { check } from '../../../src/checker/check.ts';
import { recorded } from './op.ts';
import { VIOLATIONS } from './violations.ts';

describe('a violation is explained by the operations a person would name', () => {
  it.each(VIOLATIONS.map((violation) => [violation.name, violation] as const))(
    '%s',
    async (name, violation) => {
      const verdict = check(recorded(violation.ops), {
        model: violation.model,
        ...('initial' in violation ? { initial: violation.initial } : {}),
      });
      expect(verdict.verdict).toBe('violated');
      expect(verdict.summary).toMatch(violation.says);
      expect(verdict.core).toEqual(violation.core);
      expect(verdict.coreIsMinimal).toBe(true);
      await expect(`${verdict.explanation}\n`).toMatchFileSnapshot(
        `./explanations/${name.replaceAll(' ', '-')}.txt`,
      );
    },
  );
});
