import { describe, expect, it } from 'vitest';

import {
  CORPUS_FORMAT,
  expectationOf,
  parseExpectation,
  verifyEntry,
} from '../../src/campaign/corpus/entry.ts';
import { toySubject } from './toy-subject.ts';

const FAULT = 'faults: [{ id: f1, at: 20ms, for: 30ms, kind: isolate, target: n2 }]';
const story = (...lines: readonly string[]) => toySubject([FAULT, ...lines]);
const pinned = expectationOf(story('bug: stale'), '3', 'violated', '0.1.0');

describe('a pinned failure', () => {
  it('is read back as it was written', () => {
    expect(parseExpectation(JSON.stringify(pinned), 'x.expect.json')).toEqual(pinned);
    expect(pinned).toMatchObject({
      format: CORPUS_FORMAT,
      property: 'linearizable',
      seed: '3',
      faults: [{ id: 'f1', targets: ['n2'] }],
    });
  });

  it('still fails while the code is as it was', () => {
    expect(verifyEntry(story('bug: stale'), pinned)).toMatchObject({
      status: 'still failing',
      asExpected: true,
    });
    const mended = { ...pinned, expected: 'holds' as const };
    expect(verifyEntry(story('bug: stale'), mended).asExpected).toBe(false);
  });

  it('is fixed when the same faults hit the same nodes and nothing is violated', () => {
    const mended = { ...pinned, expected: 'holds' as const };
    expect(verifyEntry(story(), mended)).toMatchObject({ status: 'fixed', asExpected: true });
    expect(verifyEntry(story(), pinned).asExpected).toBe(false);
  });

  it('is stale, and proves nothing, when its story does not happen any more', () => {
    const other = toySubject([FAULT.replace('target: n2', 'target: n3')]);
    expect(verifyEntry(other, pinned)).toMatchObject({ status: 'stale', asExpected: false });
    expect(verifyEntry(other, pinned).sentence).toContain('f1 hits n3, and hit n2');
    expect(verifyEntry(toySubject(), pinned).sentence).toContain('f1 never begins any more');
  });

  it('says when another property fails now', () => {
    expect(verifyEntry(story('bug: counts'), pinned)).toMatchObject({
      status: 'changed',
      asExpected: false,
    });
  });

  it('cannot be made of a run that passes', () => {
    expect(() => expectationOf(story(), '3', 'holds', '0.1.0')).toThrow('violates nothing');
  });

  it.each([
    ['{', 'expected what corpus add wrote'],
    [
      JSON.stringify({ ...pinned, format: 'splitbrain-corpus/0' }),
      'format "splitbrain-corpus/0", this version reads splitbrain-corpus/1',
    ],
    [JSON.stringify({ ...pinned, seed: 17 }), 'x.expect.json: seed: '],
  ])('in a file that is no entry of this version is refused: %s', (text, message) => {
    expect(() => parseExpectation(text, 'x.expect.json')).toThrow(message);
  });
});
