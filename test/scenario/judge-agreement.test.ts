import { describe, expect, it } from 'vitest';

import { judgeAgreement } from '../../src/scenario/judge-agreement.ts';

const proved = {
  verdict: 'proved',
  sentence: 'the order of the log explains all 7 answers',
} as const;
const refuted = {
  verdict: 'refuted',
  sentence: 'read x = 9: nobody ever wrote this value',
} as const;
const open = { verdict: 'open', sentence: 'a read does not fit' } as const;

describe('two verdicts on the same answers', () => {
  it.each([
    [proved, 'holds'],
    [refuted, 'violated'],
    // The order of the log is one of many: that it does not explain an answer refutes nothing.
    [open, 'holds'],
    [open, 'violated'],
  ] as const)('%j and a checker that says %s do not contradict each other', (witness, verdict) => {
    expect(judgeAgreement(witness, { verdict })).toMatchObject({ verdict: 'holds' });
  });

  it('a history that the log proves and the checker refuses is a checker bug', () => {
    const checker = { verdict: 'violated', sentence: 'stale read', operations: [3] } as const;
    expect(judgeAgreement(proved, checker)).toMatchObject({
      verdict: 'violated',
      sentence:
        'checker bug: the history checker finds the answers impossible, but the order of the log explains all 7 answers.',
      operations: [3],
    });
  });

  it('an answer that no order explains and the checker accepts is a checker bug', () => {
    expect(judgeAgreement(refuted, { verdict: 'holds' })).toMatchObject({
      verdict: 'violated',
      sentence: expect.stringContaining('nobody ever wrote this value') as string,
    });
  });

  it.each([
    [null, { verdict: 'holds' }],
    [proved, null],
    [proved, { verdict: 'vacuous' }],
    [refuted, { verdict: 'inconclusive' }],
  ] as const)('%j and %j: one of them says nothing, so there is no such property', (a, b) => {
    expect(judgeAgreement(a, b)).toBeNull();
  });
});
