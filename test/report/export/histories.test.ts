import { parseEDNString } from 'edn-data';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { check } from '../../../src/checker/check.ts';
import type { History } from '../../../src/history/history.ts';
import { parseHistory, type ReadOptions } from '../../../src/history/read-history.ts';
import type { RecordedRun } from '../../../src/report/trace/recorded-run.ts';
import { recorded } from '../trace/recorded.ts';
import { BUSY, exported, HOSTILE, HOSTILE_STALE, STALE, toyRun } from './export-text.ts';

const OURS = { nilRead: 'value', casFail: 'compare-if-said' } as const;

const RUNS: readonly (readonly [string, () => RecordedRun, boolean])[] = [
  ['a stale read', () => toyRun(...STALE), false],
  ['unknown outcomes of many clients', () => toyRun(...BUSY), true],
  ['hostile values', () => toyRun(...HOSTILE_STALE), false],
  ['a Raft run with several keys', () => recorded('raft/default-faults'), true],
  ['compare-and-set', () => recorded('raft/leader-killed'), true],
];

const verdictOf = (history: History): string =>
  check(history, { consistency: 'linearizable', model: 'kv', initial: null }).verdict;

/** What matters of an operation to anybody who judges it. */
function essence(history: History, tupled: boolean): unknown[] {
  return history.operations().map(({ process, f, key, input, output, status, error }) => ({
    process,
    f,
    key: tupled ? key : undefined,
    input: input ?? null,
    // A writer's answer repeats the request, as Jepsen's clients do.
    output: status === 'ok' && f === 'read' ? (output ?? null) : undefined,
    status,
    error,
  }));
}

describe.each(RUNS)('the history of %s', (_, makeRun, holds) => {
  const run = makeRun();
  const { history } = run.result;
  const tupled = history.columns.keys.length > 1;
  const read = (format: string, options: ReadOptions): History =>
    parseHistory(exported(run, format).text, options).history;

  it('comes back from EDN as it was, with the same verdict', () => {
    const again = read('edn', { dialect: OURS, independent: tupled });
    expect(essence(again, tupled)).toEqual(essence(history, tupled));
    expect(again.columns.invoke).toEqual(history.columns.invoke);
    expect(again.columns.complete).toEqual(history.columns.complete);
    expect([verdictOf(history), verdictOf(again)]).toEqual(
      holds ? ['holds', 'holds'] : ['violated', 'violated'],
    );
  });

  it('every map of the EDN is one to another reader too, and the faults are the nemesis', () => {
    const { text } = exported(run, 'edn');
    const maps = text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map(
        (line) =>
          parseEDNString(line, { mapAs: 'object', keywordAs: 'string' }) as Record<string, unknown>,
      );
    expect(maps.map((map) => map['index'])).toEqual(maps.map((__, index) => index));
    const nemesis = maps.filter(({ process }) => process === 'nemesis');
    const begun = run.result.faults.filter(({ startUs }) => startUs !== null).length;
    expect(nemesis.filter(({ f }) => String(f).startsWith('start-'))).toHaveLength(begun);
    for (const { process, type } of maps)
      if (process !== 'nemesis') expect(['invoke', 'ok', 'fail', 'info']).toContain(type);
    expectNoLifeAfterInfo(maps);
  });

  it("comes back from Porcupine's structs as it was, with the same verdict", () => {
    const again = read('porcupine', {});
    expect(essence(again, true)).toEqual(essence(history, true));
    expect(again.columns.invokeTimeUs).toEqual(history.columns.invokeTimeUs);
    expect(verdictOf(again)).toBe(verdictOf(history));
  });
});

function expectNoLifeAfterInfo(maps: readonly Record<string, unknown>[]): void {
  const dead = new Set<unknown>();
  for (const { process, type } of maps) {
    expect(dead).not.toContain(process);
    if (type === 'info' && process !== 'nemesis') dead.add(process);
  }
}

/** Porcupine v1's Go structs as their JSON reads: an int64 is a whole number, `interface{}` anything. */
const int64 = z.string().regex(/^-?\d{1,19}$/);
const PORCUPINE = z.strictObject({
  operations: z.array(
    z.strictObject({
      ClientId: int64,
      Input: z.strictObject({
        f: z.string(),
        key: z.unknown().optional(),
        value: z.unknown().optional(),
      }),
      Call: int64,
      Output: z.strictObject({
        status: z.enum(['ok', 'fail', 'info']),
        value: z.unknown().optional(),
        error: z.string().optional(),
      }),
      Return: int64,
      Metadata: z.strictObject({
        process: z.unknown(),
        client: z.string(),
        callUs: z.unknown(),
        returnUs: z.unknown(),
      }),
    }),
  ),
  annotations: z.array(
    z.strictObject({
      Tag: z.string(),
      Start: int64,
      End: int64,
      Description: z.string(),
      Details: z.string(),
      BackgroundColor: z.string().regex(/^#[0-9A-F]{6}$/),
    }),
  ),
});

describe("Porcupine's structs", () => {
  // JSON.parse would round int64: the digits are looked at as text.
  const structsOf = (run: RecordedRun) =>
    PORCUPINE.parse(
      JSON.parse(
        exported(run, 'porcupine').text.replace(
          /"(ClientId|Call|Return|Start|End)":(\d+)/g,
          '"$1":"$2"',
        ),
      ),
    );

  it('has every field of the struct and no other; an unknown outcome never returns', () => {
    const { operations, annotations } = structsOf(toyRun(...BUSY));
    expect(operations.some(({ Output }) => Output.status === 'info')).toBe(true);
    for (const { Output, Call, Return } of operations) {
      if (Output.status === 'info') expect(Return).toBe('9223372036854775807');
      else expect(BigInt(Return)).toBeGreaterThan(BigInt(Call));
    }
    expect(annotations.map(({ Description }) => Description)).toEqual(['f1: isolate', 'f2: kill']);
    for (const { Start, End } of annotations)
      expect(BigInt(End)).toBeGreaterThanOrEqual(BigInt(Start));
  });

  it('the operations alone are read too, as a Go program would have written them', () => {
    const text = JSON.stringify([
      { ClientId: 0, Input: { f: 'write', value: 1 }, Call: 0, Output: {}, Return: 10 },
      { ClientId: 1, Input: { f: 'read' }, Call: 10, Output: { value: null }, Return: 20 },
    ]);
    const { history, format } = parseHistory(text);
    expect(format).toBe('porcupine-json');
    // A call at the moment of a return comes first: the two overlap.
    expect(history.columns.invoke[1]).toBeLessThan(history.columns.complete[0]!);
    expect(check(history, { model: 'register' }).verdict).toBe('holds');
  });

  it.each([
    ['[{"ClientId": 0, "Call": 5, "Return": 4}]', 'operation 0 has Call 5 and Return 4'],
    ['[{"ClientId": 0, "Call": 1, "Return": 4, "Input": 7}]', 'operation 0 has the Input 7'],
    ['{"operations": 3}', 'no operations'],
    ['{"operations": [', 'the line ends in the middle of a JSON value'],
  ])('%s is refused with its place', (text, said) => {
    expect(() => parseHistory(text, { file: 'ops.json' })).toThrow(said);
  });
});

it('hostile values come back character by character', () => {
  const run = toyRun(...HOSTILE_STALE);
  for (const format of ['edn', 'porcupine']) {
    const { history } = parseHistory(exported(run, format).text);
    expect(history.operation(1).input).toBe(HOSTILE);
  }
});
