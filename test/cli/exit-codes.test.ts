import * as fs from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CheckError } from '../../src/checker/check-error.ts';
import { CommandError, exitFor } from '../../src/cli/exit-codes.ts';
import { exitForError } from '../../src/cli/exit-for-error.ts';
import { HistoryError } from '../../src/history/history-error.ts';
import { ScenarioError } from '../../src/scenario/scenario-error.ts';
import { AmbientAccessError } from '../../src/sim/engine/guard.ts';

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  return { ...real, writeSync: vi.fn() };
});

/** What was told to people in the present test. */
let told = '';

beforeEach(() => {
  told = '';
  vi.mocked(fs.writeSync).mockImplementation((_fd: number, bytes: unknown) => {
    told += String(bytes);
    return (bytes as Uint8Array).byteLength;
  });
});

describe('exit codes', () => {
  it('of runs: a failure outranks a run that proves nothing, which outranks a pass', () => {
    expect(exitFor([])).toBe(0);
    expect(exitFor(['passed', 'passed'])).toBe(0);
    expect(exitFor(['passed', 'inconclusive'])).toBe(2);
    expect(exitFor(['inconclusive', 'failed', 'passed'])).toBe(1);
  });

  it.each([
    ['a mistake at the keyboard', new CommandError('no such thing'), 64, 'error: no such thing\n'],
    ['nothing selected', new CommandError('nothing', 4), 4, 'error: nothing\n'],
    [
      'a bad scenario',
      new ScenarioError('s.yaml', [
        { line: 1, column: 2, path: 'a', message: 'is bad', fix: 'mend it' },
      ]),
      64,
      's.yaml:1:2: a: is bad\n    fix: mend it\n',
    ],
    [
      'a bad history',
      new HistoryError({ file: 'h', line: 3, column: 1 }, 'it ends', 'more', 'Add it.'),
      64,
      'h:3:1: it ends; expected more. Add it.\n',
    ],
    [
      'a history that the model does not know',
      new CheckError({ file: 'h' }, 'a dequeue', 'a read', 'Choose another model.'),
      64,
      'h: a dequeue; expected a read. Choose another model.\n',
    ],
  ])('%s', (_, error, code, text) => {
    expect(exitForError(error)).toBe(code);
    expect(told).toBe(text);
  });

  it('ambient access is non-determinism (3), told with its stack', () => {
    expect(exitForError(new AmbientAccessError('Date.now'))).toBe(3);
    expect(told).toMatch(
      /^! NON-DETERMINISTIC {2}AmbientAccessError: Date\.now used in simulated code/,
    );
    expect(told).toMatch(/\n +at .*exit-codes\.test\.ts:\d+/);
  });

  it('anything else is a bug of ours (70), told with its stack', () => {
    expect(exitForError(new RangeError('index 5 of 3'))).toBe(70);
    expect(told).toMatch(/^internal error, a bug in splitbrain: RangeError: index 5 of 3\n +at /);
  });

  it('what is thrown and is no error is one too', () => {
    expect(exitForError('a string')).toBe(70);
    expect(told).toBe('internal error, a bug in splitbrain: a string was thrown\n');
  });

  it('nobody to tell it to does not change the code', () => {
    vi.mocked(fs.writeSync).mockImplementation(() => {
      throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    });
    expect(exitForError(new CommandError('unheard'))).toBe(64);
  });
});
