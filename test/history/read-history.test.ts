import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HistoryBuilder } from '../../src/history/history-builder.ts';
import { HistoryError } from '../../src/history/history-error.ts';
import { parseHistory, readHistory } from '../../src/history/read-history.ts';
import { jsonlLines, writeJsonl } from '../../src/history/write-jsonl.ts';

const line = (process: number, type: string, f: string, value: unknown, more = {}): string =>
  `${JSON.stringify({ process, type, f, value, ...more })}\n`;

describe('JSON lines', () => {
  it('are read whatever their shape: scanned or parsed, spaced, reordered, with unknown fields', () => {
    const { history, format } = parseHistory(
      '{"process":0,"type":"invoke","f":"cas","key":"k","value":[1,2],"time":5}\r\n' +
        '{ "f": "cas", "value": [1, 2], "type": "ok", "process": 0, "time": 7.5, "node": "n1" }\n' +
        '\n{"process":1,"type":"invoke","f":"append","key":3,"value":"caf\\u00e9"}\n' +
        '{"process":1,"type":"info","f":"append","value":"caf\\u00e9","error":"timeout"}',
    );
    expect(format).toBe('jsonl');
    expect(history.operations()).toMatchObject([
      { f: 'cas', key: 'k', input: [1, 2], output: [1, 2], status: 'ok', completeTimeUs: 7.5 },
      { f: 'append', key: 3, input: 'café', status: 'info', error: 'timeout', line: 4 },
    ]);
  });

  it('give the same history however the bytes are cut into chunks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'));
    const path = join(folder, 'long.jsonl');
    let text = '';
    for (let i = 0; i < 20_000; i++)
      text += line(i % 9, 'invoke', 'write', i) + line(i % 9, 'ok', 'write', i);
    writeFileSync(path, text);
    const { history } = await readHistory(path);
    rmSync(folder, { recursive: true });
    expect(history.length).toBe(20_000);
    expect(history.operation(19_999)).toMatchObject({ input: 19_999, line: 39_999 });
  });

  it('keep integers apart that a double would confuse', () => {
    const { history } = parseHistory(
      '{"process":0,"type":"invoke","f":"write","value":9007199254740993}\n' +
        '{"process":1,"type":"invoke","f":"write","value":9007199254740992}\n',
    );
    expect(history.columns.input[0]).not.toBe(history.columns.input[1]);
    expect(history.operation(0).input).toBe(9007199254740993n);
  });

  it('survive being written and read again', () => {
    const text =
      line(0, 'invoke', 'write', 1, { time: 1 }) +
      line(1, 'invoke', 'read', null, { time: 2 }) +
      line(1, 'ok', 'read', 1, { time: 3 }) +
      line(0, 'info', 'write', 1, { time: 4, error: 'timed out' }) +
      line(2, 'invoke', 'txn', [['append', 'x', 1]], { time: 5 });
    const once = parseHistory(text).history;
    const twice = parseHistory(writeJsonl(once)).history;
    const plain = (op: object): object => ({ ...op, line: 0, completeLine: 0 });
    expect(twice.operations().map(plain)).toEqual(once.operations().map(plain));
  });

  it('survive it whatever stands in function, key and process', () => {
    const builder = new HistoryBuilder();
    builder.invoke('%', '%f"%', '%k%', '%v%');
    builder.complete('%', 'fail', null, 7, '100 % full');
    builder.invoke('$&', 'read', { '%': [1] }, undefined, 8);
    const once = builder.build();
    const twice = parseHistory(writeJsonl(once)).history;
    const plain = (op: object): object => ({ ...op, line: 0, completeLine: 0 });
    expect(twice.operations().map(plain)).toEqual(once.operations().map(plain));
    expect([...jsonlLines(once)].join('')).toBe(writeJsonl(once));
  });

  it('leave the nemesis out and count it', () => {
    const { history, skipped } = parseHistory(
      '{"process":"nemesis","type":"info","f":"kill","value":null}\n' +
        line(0, 'invoke', 'read', null),
    );
    expect([history.length, skipped]).toEqual([1, 1]);
  });
});

describe('EDN', () => {
  it('is read as a vector or as one map after the other, with comments, tags and nested values', () => {
    const maps =
      '; a comment\n{:process 0, :type :invoke, :f :txn, :value [[:append 9 2] [:read :x nil]] :time 2000}' +
      '\n#_ {:ignored true} #jepsen.history.Op{:process 0 :type :ok :f :txn :value [[:append 9 2] [:r :x #{1}]] :time 3000}' +
      '{:process :nemesis :type :info :f :start}';
    for (const text of [maps, `[${maps}]`]) {
      const { history, format, skipped } = parseHistory(text);
      expect([format, skipped]).toEqual(['edn', 1]);
      expect(history.operation(0)).toMatchObject({
        input: [
          ['append', 9, 2],
          ['r', 'x', null],
        ],
        output: [
          ['append', 9, 2],
          ['r', 'x', [1]],
        ],
        invokeTimeUs: 2,
        completeTimeUs: 3,
      });
    }
  });

  it('says that a nil read is unknown, and lets the caller override it', () => {
    const text = '[{:process 0 :type :invoke :f :read :value nil}]';
    expect(parseHistory(text).history.dialect).toMatchObject({ nilRead: 'unknown', initial: null });
    expect(parseHistory(text, { dialect: { initial: 0 } }).history.dialect.initial).toBe(0);
  });

  it('takes [key value] pairs apart when told that keys are independent', () => {
    const text =
      '[{:process 0 :type :invoke :f :read :value [7 nil]} {:process 0 :type :ok :f :read :value [7 3]}]';
    const op = parseHistory(text, { independent: true }).history.operation(0);
    expect(op).toMatchObject({ key: 7, input: null, output: 3 });
  });

  it('reads big integers, ratios, characters, floats and escapes', () => {
    const text =
      '{:process 0 :type :invoke :f :write :value [123N 1.5M -7 \\a \\newline "q\\"\\n" 12345678901234567890 true 1/2]}';
    expect(parseHistory(text).history.operation(0).input).toEqual([
      123,
      1.5,
      -7,
      'a',
      '\n',
      'q"\n',
      12345678901234567890n,
      true,
      '1/2',
    ]);
  });
});

describe('logs', () => {
  it('of jepsen.util are read as etcd runs have them: a timed-out operation is unknown', () => {
    const { history, format, skipped } = parseHistory(
      'INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\nINFO  other.logger - hello\n' +
        'INFO  jepsen.util - 0\t:info\t:cas\t:timed-out\nINFO  jepsen.util - 1\t:invoke\t:read\tnil\n' +
        'INFO  jepsen.util - 1\t:ok\t:read\tnil\n',
    );
    expect([format, skipped]).toEqual(['porcupine', 1]);
    expect(history.operations()).toMatchObject([
      { f: 'cas', input: [1, 2], output: undefined, status: 'info', error: 'timed-out' },
      { f: 'read', output: null, status: 'ok' },
    ]);
    expect(history.dialect).toEqual({ initial: null, nilRead: 'value', casFail: 'compare-failed' });
  });

  it('of key-value stores start with empty strings', () => {
    const { history, format } = parseHistory(
      '{:process 9, :type :invoke, :f :append, :key "0", :value "x 9 0 y"}\n',
    );
    expect(format).toBe('kv');
    expect(history.operation(0)).toMatchObject({ f: 'append', key: '0', input: 'x 9 0 y' });
    expect(history.dialect.initial).toBe('');
  });
});

describe('what is no history is refused with its place and the remedy', () => {
  const cases: [name: string, text: string, message: RegExp][] = [
    ['an empty file', '', /^h: a history without operations/],
    [
      'invalid JSON',
      line(0, 'invoke', 'read', null) + '{"process":0,,}',
      /^h:2:14: invalid JSON at ",}"/,
    ],
    [
      'a truncated last line',
      '{"process":0,"type":"inv',
      /^h:1:25: the line ends in the middle.*truncated/,
    ],
    ['a JSON array', '[{"process":0}]', /^h:1:1: a JSON array; expected one event a line/],
    [
      'a line that is no object',
      line(0, 'invoke', 'read', null) + '17',
      /^h:2:1: a line that is not a JSON object/,
    ],
    [
      'an unknown type',
      '{"process":0,"type":"done","f":"read"}',
      /^h:1:1: "done" is no event type/,
    ],
    ['a missing type', '{"process":0,"f":"read"}', /^h:1:1: an event without type/],
    ['a missing process', '{"type":"ok","f":"read"}', /^h:1:1: an event without process/],
    ['a process that is no integer', '{"process":1.5,"type":"ok"}', /^h:1:1: 1.5 is no process/],
    [
      'a missing function',
      '{"process":0,"type":"invoke"}',
      /^h:1:1: an invocation without function/,
    ],
    [
      'a lone completion',
      line(0, 'ok', 'read', 1),
      /^h:1:1: process 0 completes an operation that it never/,
    ],
    [
      'a lone completion on a line that needs the parser',
      '  {"process":0,"type":"ok","f":"read","value":{"a":1}}',
      /^h:1:3: process 0 completes an operation that it never/,
    ],
    [
      'two open operations',
      line(0, 'invoke', 'read', 1).repeat(2),
      /^h:2:1: process 0 invokes read while its read \(line 1\)/,
    ],
    [
      'a life after info',
      line(0, 'invoke', 'w', 1) + line(0, 'info', 'w', 1) + line(0, 'invoke', 'w', 1),
      /^h:3:1: process 0 invokes w after/,
    ],
    [
      'a completion of something else',
      line(0, 'invoke', 'read', null) + line(0, 'ok', 'write', 1),
      /^h:2:1: process 0 completes a write, but its open operation is a read/,
    ],
    [
      'unbalanced EDN',
      '[{:process 0 :type :invoke :f :read}',
      /^h:1:\d+: the file ends inside the vector/,
    ],
    [
      'EDN cut in a map',
      '[{:process 0 :type :inv',
      /^h:1:\d+: the file ends in the middle of a form/,
    ],
    ['a map without value', '[{:process 0 :type}]', /^h:1:\d+: a map with a key but no value/],
    [
      'an unopened bracket',
      '{:process 0 :type :invoke :f :r :value 1}\n}',
      /^h:2:1: unexpected "}"/,
    ],
    ['EDN nonsense', '[{:process 0\n :type @@}]', /^h:2:8: "@@" is no EDN/],
    ['text after the vector', '[{:process 0 :type :invoke :f :r}] 5', /^h:1:36: something follows/],
    [
      'repeated indices',
      '[{:index 1 :process 0 :type :invoke :f :r} {:index 1 :process 0 :type :ok}]',
      /:index 1 comes after :index 1/,
    ],
    [
      'a damaged log line',
      'INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - 1\t:inv',
      /^h:2:1: a jepsen.util line that is not an event/,
    ],
    ['something else', 'hello', /^h:1:1: a file that starts with "hello"/],
  ];
  it.each(cases)('%s', (_, text, message) => {
    expect(() => parseHistory(text, { file: 'h' })).toThrow(HistoryError);
    expect(() => parseHistory(text, { file: 'h' })).toThrow(message);
  });
});

describe('compressed and missing files', () => {
  let folder: string;
  const text = line(0, 'invoke', 'write', 'x'.repeat(50)) + line(0, 'ok', 'write', 'x'.repeat(50));
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'history-'));
    writeFileSync(join(folder, 'whole.gz'), gzipSync(text));
    writeFileSync(join(folder, 'cut.gz'), gzipSync(text).subarray(0, 30));
    const damaged = gzipSync(text);
    damaged[12]! ^= 0xff;
    writeFileSync(join(folder, 'damaged.gz'), damaged);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('gzip is recognised by its first bytes, in files and in memory', async () => {
    expect((await readHistory(join(folder, 'whole.gz'))).history.length).toBe(1);
    expect(parseHistory(gzipSync(text)).history.length).toBe(1);
  });

  it('truncated or damaged gzip is an error, never a shorter history', async () => {
    await expect(readHistory(join(folder, 'cut.gz'))).rejects.toThrow(/gzip data end too early/);
    await expect(readHistory(join(folder, 'damaged.gz'))).rejects.toThrow(/gzip data are damaged/);
    expect(() => parseHistory(gzipSync(text).subarray(0, 30))).toThrow(/end too early/);
  });

  it('a missing file and a folder are named', async () => {
    await expect(readHistory(join(folder, 'none'))).rejects.toThrow(/none: no such file/);
    await expect(readHistory(folder)).rejects.toThrow(/a directory/);
  });
});
