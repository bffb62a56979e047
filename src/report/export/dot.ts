import type { Operation } from '../../history/history.ts';
import { clientOf } from '../../scenario/client-names.ts';
import { describeRow } from '../describe-row.ts';
import { clip, counted } from '../format.ts';
import { rowContext } from '../show/row-context.ts';
import { Causes } from '../trace/causes.ts';
import { spansOf } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import { tellingProperty } from '../trace/violation-row.ts';
import { witnessEdges, witnessWithSources } from '../trace/witness-edges.ts';
import type { ExportOptions } from './exporter.ts';

/** More cannot be read; Graphviz itself takes many thousands. */
const MAX_NODES = 200;
const MAX_TEXT = 60;

/** A Graphviz graph: the past of an event, the operations of a violation and how they are ordered, or the servers' roles. */
export function* dot(run: RecordedRun, options: ExportOptions): Generator<string> {
  const { scenario, seed, hash } = run.result;
  yield `digraph ${quoted(options.graph)} {\n`;
  yield `  label=${quoted(`${scenario.name}, seed ${seed}, trace ${hash}`)};\n`;
  if (options.graph === 'cone') yield* cone(run, options);
  else if (options.graph === 'anomaly') yield* anomaly(run, options);
  else yield* states(run);
  yield '}\n';
}

/** What happened before the event and could have led to it, nearest first: node order and messages. */
function* cone(run: RecordedRun, { row, max, note }: ExportOptions): Generator<string> {
  const { trace } = run.result;
  const start = row >= 0 ? row : trace.keptRows() - 1;
  const limit = max ?? MAX_NODES;
  const { rows, edges, left } = pastOf(run, start, limit);
  if (left > 0) {
    note(
      `dot: the nearest ${limit} of the past of event ${trace.row(start).event}; ${counted(left, 'row')} before them are left out`,
    );
    yield `  left [shape=note, label=${quoted(`${counted(left, 'earlier row')} left out`)}];\n`;
  }
  yield '  rankdir=LR;\n  node [shape=record, fontsize=10];\n';
  const context = rowContext(run, spansOf(run), false);
  const byNode = new Map<number, number[]>();
  for (const index of rows) {
    const { node } = trace.row(index);
    byNode.set(node, [...(byNode.get(node) ?? []), index]);
  }
  for (const [node, own] of byNode) {
    yield `  subgraph ${quoted(`cluster_${run.names[node] ?? 'world'}`)} {\n    label=${quoted(run.names[node] ?? 'the world')};\n`;
    for (const index of own) {
      const { event, timeUs } = trace.row(index);
      const text = clip(describeRow(trace.row(index), run.names, context).trim(), MAX_TEXT, {
        ascii: false,
      });
      const label = `{${recordText(`${event}`)}|${recordText(`${(timeUs / 1_000_000).toFixed(6)} s`)}|${recordText(text)}}`;
      yield `    r${index} [label=${quoted(label, true)}${index === start ? ', penwidth=3' : ''}];\n`;
    }
    yield '  }\n';
  }
  for (const { from, to, how } of edges)
    yield `  r${from} -> r${to}${how === 'cause' ? '' : ' [style=dotted]'};\n`;
}

interface Edge {
  readonly from: number;
  readonly to: number;
  /** `node`: only because the same node did it before. */
  readonly how: 'cause' | 'node';
}

/** The past of a row, by its cause and by what its node did before; the latest rows first. */
function pastOf(
  run: RecordedRun,
  start: number,
  max: number,
): { rows: readonly number[]; edges: readonly Edge[]; left: number } {
  const { trace } = run.result;
  const causes = new Causes(run);
  const before = previousOfNode(run, start);
  const inPast = new Set([start]);
  const rows: number[] = [];
  const edges: Edge[] = [];
  for (let index = start; index >= 0; index -= 1) {
    if (!inPast.has(index)) continue;
    rows.push(index);
    const cause = causes.causeOf(index);
    const previous = before[index]!;
    if (cause >= 0) edges.push({ from: cause, to: index, how: 'cause' });
    if (previous >= 0 && previous !== cause && trace.row(index).node >= 0)
      edges.push({ from: previous, to: index, how: 'node' });
    for (const edge of [cause, previous]) if (edge >= 0) inPast.add(edge);
  }
  const kept = rows.slice(0, max);
  const shown = new Set(kept);
  return {
    rows: kept.reverse(),
    edges: edges.filter(({ from, to }) => shown.has(from) && shown.has(to)),
    left: rows.length - kept.length,
  };
}

function previousOfNode({ result: { trace } }: RecordedRun, last: number): Int32Array {
  const previous = new Int32Array(last + 1).fill(-1);
  const latest = new Map<number, number>();
  for (let index = 0; index <= last; index += 1) {
    const { node } = trace.row(index);
    if (node >= 0) previous[index] = latest.get(node) ?? -1;
    latest.set(node, index);
  }
  return previous;
}

/** The operations that no order explains, Elle's way: a record each, and why one comes before another. */
function* anomaly(run: RecordedRun, { note }: ExportOptions): Generator<string> {
  const { history, properties } = run.result;
  const operations = witnessWithSources(history, tellingProperty(properties)?.operations ?? []);
  if (operations.length === 0) note('dot: no property of this run is violated by operations');
  yield '  rankdir=LR;\n  node [shape=record];\n  edge [fontsize=10];\n';
  for (const operation of operations)
    yield `  op${operation.index} [label=${quoted(operationRecord(run, operation), true)}];\n`;
  for (const { from, to, kind, reason } of witnessEdges(operations))
    yield `  op${from} -> op${to} [label=${quoted(kind)}, tooltip=${quoted(reason)}];\n`;
}

function operationRecord({ result: { scenario } }: RecordedRun, operation: Operation): string {
  const { index, process, f, key, input, output, status } = operation;
  const asked = [f, key, input]
    .filter((part) => part !== undefined && part !== null)
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)));
  const learned = (output ?? null) === null ? status : `${status} ${JSON.stringify(output)}`;
  const cells = [`#${index}`, clientOf(process, scenario.clients), asked.join(' '), learned];
  return cells.map((cell) => recordText(clip(cell, MAX_TEXT, { ascii: false }))).join('|');
}

/** Which roles servers went through, and how often. */
function* states(run: RecordedRun): Generator<string> {
  const counts = new Map<string, number>();
  const roles = new Set<string>();
  for (const node of run.result.scenario.servers.keys()) {
    let last = 'down';
    roles.add(last);
    for (const { state } of run.states.changesOf(node)) {
      if (state.role === last) continue;
      const change = `${quoted(last)} -> ${quoted(state.role)}`;
      counts.set(change, (counts.get(change) ?? 0) + 1);
      roles.add(state.role);
      last = state.role;
    }
  }
  yield '  node [shape=ellipse];\n';
  for (const role of roles) yield `  ${quoted(role)};\n`;
  for (const [change, count] of counts) yield `  ${change} [label=${quoted(`${count}x`)}];\n`;
}

/** A DOT string. `record`: backslashes are the record's own escapes. */
function quoted(text: string, record = false): string {
  const escaped = record ? text : text.replaceAll('\\', '\\\\');
  return `"${escaped.replaceAll('"', '\\"').replace(/[\u0000-\u001f\u007f]+/g, ' ')}"`;
}

/** Text of one cell of a record: what separates cells is escaped. */
function recordText(text: string): string {
  return text.replace(/[\\|{}<>]/g, (character) => `\\${character}`);
}
