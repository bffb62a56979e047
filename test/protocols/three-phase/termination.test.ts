import { describe, expect, it } from 'vitest';

import {
  Poll,
  type Standing,
  type Verdict,
} from '../../../src/protocols/three-phase/termination.ts';

/** The verdict of a server that stands `own` when of three others these have answered. */
function verdict(own: Standing, answers: readonly Standing[], recovered = false): Verdict {
  const poll = new Poll([1, 2, 3]);
  for (const [node, standing] of answers.entries()) poll.standings.set(node + 1, standing);
  return poll.verdict(own, recovered);
}

describe('the termination protocol of three-phase commit', () => {
  it.each<[Standing, Standing[], Verdict]>([
    ['uncertain', [], 'abort'],
    ['uncertain', ['uncertain', 'nothing'], 'abort'],
    ['uncertain', ['preCommitted'], 'preCommit'],
    ['preCommitted', ['uncertain', 'uncertain'], 'preCommit'],
    ['preCommitted', ['aborted'], 'abort'],
    ['uncertain', ['committed', 'uncertain'], 'commit'],
  ])('%s, who hears %j, concludes %s', (own, answers, expected) => {
    expect(verdict(own, answers)).toBe(expected);
  });

  it('lets a server that was dead decide only what is decided, or with everybody', () => {
    expect(verdict('preCommitted', ['uncertain', 'uncertain'], true)).toBe('wait');
    expect(verdict('uncertain', ['aborted'], true)).toBe('abort');
    expect(verdict('uncertain', ['uncertain', 'uncertain', 'uncertain'], true)).toBe('abort');
    expect(verdict('uncertain', ['uncertain', 'preCommitted', 'uncertain'], true)).toBe(
      'preCommit',
    );
  });
});
