import { packedColumns, type JsonTableHead } from './json-table.ts';
import { packJson } from './pack-json.ts';
import {
  REPORT_FORMAT,
  type ReportData,
  type RowColumns,
  type RunData,
  type RunHead,
  type StateColumns,
  type TextBlock,
} from './report-data.ts';
import type { ValueList } from './value-list.ts';
import { fromResiduals, toResiduals } from './row-residuals.ts';
import { type Numbers, unpackJson } from './unpack-json.ts';
import { decodeColumn, decodeNumbers, encodeColumn, type ColumnMode } from './varint-column.ts';

/** A part of the bytes: how many numbers, in how many bytes. */
interface Part {
  readonly count: number;
  readonly bytes: number;
}

interface PackedRun {
  readonly head: RunHead;
  /** Of the payloads, and of the changes of states. */
  readonly tables: readonly [JsonTableHead, JsonTableHead];
  readonly parts: readonly Part[];
}

const ROW_COLUMNS: readonly (readonly [keyof RowColumns, ColumnMode])[] = [
  ['event', 'delta'],
  ['timeUs', 'delta'],
  ['kind', 'plain'],
  ['node', 'plain'],
  ['peer', 'plain'],
  ['a', 'plain'],
  ['cause', 'plain'],
  ['payload', 'plain'],
  ['place', 'plain'],
  ['draws', 'delta'],
];
const STATE_COLUMNS = ['row', 'node', 'look'] as const;
const HEADER_BYTES = 4;

/** A report as bytes: the length of a JSON text, the text, then the columns it lists. Equal reports give equal bytes. */
export function packReport(report: ReportData): Uint8Array {
  const blocks: Uint8Array[] = [];
  const runs = report.runs.map((run) => packRun(run, blocks));
  const json = new TextEncoder().encode(JSON.stringify({ ...report, runs }));
  const size = blocks.reduce((sum, block) => sum + block.length, HEADER_BYTES + json.length);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, json.length);
  bytes.set(json, HEADER_BYTES);
  let at = HEADER_BYTES + json.length;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}

function packRun({ head, rows, payloads, states }: RunData, blocks: Uint8Array[]): PackedRun {
  const parts: Part[] = [];
  const add = (values: ArrayLike<number>, mode: ColumnMode): void => {
    const bytes = encodeColumn(values, mode);
    parts.push({ count: values.length, bytes: bytes.length });
    blocks.push(bytes);
  };
  const addTexts = ({ bytes, ends }: TextBlock): void => {
    add(ends, 'delta');
    parts.push({ count: bytes.length, bytes: bytes.length });
    blocks.push(bytes);
  };
  const addJson = (values: ValueList): JsonTableHead => {
    const { head: table, literals, columns } = packJson(values);
    addTexts(literals);
    for (const column of columns) add(column, 'plain');
    return table;
  };
  const coded: RowColumns = { ...rows, ...toResiduals(rows) };
  for (const [name, mode] of ROW_COLUMNS) add(coded[name], mode);
  const payloadTable = addJson(payloads);
  for (const name of STATE_COLUMNS) add(states[name], name === 'row' ? 'delta' : 'plain');
  return { head, tables: [payloadTable, addJson(states.deltas)], parts };
}

/** Reads {@link packReport}'s bytes. @throws Error with a sentence for people when they are no report of this version. */
export function unpackReport(bytes: Uint8Array): ReportData {
  if (bytes.length < HEADER_BYTES) throw new Error('The data of this report is cut off.');
  const jsonLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (HEADER_BYTES + jsonLength > bytes.length)
    throw new Error('The data of this report is cut off.');
  const json = new TextDecoder().decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + jsonLength));
  const packed = JSON.parse(json) as Omit<ReportData, 'runs' | 'format'> & {
    readonly format: string;
    readonly runs: readonly PackedRun[];
  };
  if (packed.format !== REPORT_FORMAT)
    throw new Error(
      `The data of this report has the format ${packed.format}; this page reads ${REPORT_FORMAT}.`,
    );
  const reader = new PartReader(bytes, HEADER_BYTES + jsonLength);
  const runs = packed.runs.map((run) => unpackRun(run, reader));
  return { ...packed, format: REPORT_FORMAT, runs };
}

class PartReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  take({ bytes }: Part): Uint8Array {
    const end = this.#at + bytes;
    if (end > this.#bytes.length) throw new Error('The data of this report is cut off.');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function unpackRun({ head, tables, parts }: PackedRun, reader: PartReader): RunData {
  const queue = [...parts];
  const column = <T extends { readonly length: number; [index: number]: number }>(
    make: new (count: number) => T,
    mode: ColumnMode,
  ): T => {
    const part = queue.shift()!;
    const into = new make(part.count);
    decodeColumn(reader.take(part), mode, into);
    return into;
  };
  const texts = (): TextBlock => {
    const ends = column(Float64Array, 'delta');
    return { ends, bytes: reader.take(queue.shift()!) };
  };
  const json = (table: JsonTableHead): ValueList => {
    const literals = texts();
    // Unpacked when somebody looks at the first value: the picture comes before it.
    const packed = Array.from({ length: packedColumns(table) }, () => {
      const part = queue.shift()!;
      return { count: part.count, bytes: reader.take(part) };
    });
    let at = 0;
    const next = (): Numbers => {
      const { count, bytes } = packed[at++]!;
      return decodeNumbers(bytes, count);
    };
    return unpackJson(table, literals, next, packed[1]!.count);
  };
  const rows: RowColumns = {
    event: column(Int32Array, 'delta'),
    timeUs: column(Float64Array, 'delta'),
    kind: column(Uint8Array, 'plain'),
    node: column(Int16Array, 'plain'),
    peer: column(Int16Array, 'plain'),
    a: column(Int32Array, 'plain'),
    cause: column(Int32Array, 'plain'),
    payload: column(Int32Array, 'plain'),
    place: column(Int32Array, 'plain'),
    draws: column(Int32Array, 'delta'),
  };
  fromResiduals(rows);
  const payloads = json(tables[0]);
  const states: StateColumns = {
    row: column(Int32Array, 'delta'),
    node: column(Int16Array, 'plain'),
    look: column(Int32Array, 'plain'),
    deltas: json(tables[1]),
  };
  return { head, rows, payloads, states };
}
