import { describe, expect, it } from 'vitest';
import { Causes } from '../../../src/report/trace/causes.ts';
import { spansOf, faultsBehind } from '../../../src/report/trace/fault-spans.ts';
import { operationRows } from '../../../src/report/trace/operation-rows.ts';
import { recordRun, type RecordedRun } from '../../../src/report/trace/recorded-run.ts';
import { violationRow } from '../../../src/report/trace/violation-row.ts';
import { whyOf } from '../../../src/report/trace/why.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import * as Kind from '../../../src/sim/engine/event-kind.ts';
import type { TraceRow } from '../../../src/sim/engine/trace.ts';
import { bundled, recorded } from './recorded.ts';

const RUNS = [
  'raft/showcase',
  'raft/default-faults',
  'raft/paused-leader',
  'redlock/redlock-faults',
  'zookeeper/zk-faults',
  'commit/2pc-nemesis',
  'tcc/tcc-nemesis',
  'messaging/mq-nemesis',
  'notification/notify-nemesis',
] as const;

const known = new Map<string, RecordedRun>();
function runOf(name: string): RecordedRun {
  const run = known.get(name) ?? recorded(name);
  known.set(name, run);
  return run;
}

function rowsOf({ result: { trace } }: RecordedRun): TraceRow[] {
  return Array.from({ length: trace.keptRows() }, (_, index) => trace.row(index));
}

describe.each(RUNS)('the causes of %s', (name) => {
  it('watching changes nothing: the hash is that of the bare run', () => {
    const scenario = bundled(name);
    const bare = runScenario(scenario, { seed: scenario.defaultSeed });
    expect(runOf(name).result.hash).toBe(bare.hash);
  });

  it('a cause comes before its effect, and every delivery and loss has its own send', () => {
    const run = runOf(name);
    const causes = new Causes(run);
    const rows = rowsOf(run);
    const taken = new Map<number, number>();
    for (const [index, row] of rows.entries()) {
      const cause = causes.causeOf(index);
      expect(cause).toBeLessThan(index);
      if (cause >= 0) expect(rows[cause]!.timeUs).toBeLessThanOrEqual(row.timeUs);
      if (row.kind !== Kind.DELIVER && row.kind !== Kind.DROP) continue;
      const send = rows[causes.sendOf(index)]!;
      const [from, to] = row.kind === Kind.DELIVER ? [row.peer, row.node] : [row.node, row.peer];
      expect(send).toMatchObject({ kind: Kind.SEND, node: from, peer: to, digest: row.digest });
      taken.set(cause, (taken.get(cause) ?? 0) + 1);
    }
    const copies = new Map<number, number>();
    for (const [index, row] of rows.entries())
      if (row.kind === Kind.DUPLICATE) {
        const send = causes.sendOf(index);
        copies.set(send, (copies.get(send) ?? 0) + 1);
      }
    for (const [send, times] of taken)
      expect(times).toBeLessThanOrEqual(1 + (copies.get(send) ?? 0));
  });

  it('a timer was set by its own node, in its incarnation, or fired by a fault', () => {
    const run = runOf(name);
    const causes = new Causes(run);
    const rows = rowsOf(run);
    for (const [index, row] of rows.entries()) {
      if (row.kind !== Kind.TIMER && row.kind !== Kind.WAKE) continue;
      const cause = rows[causes.causeOf(index)]!;
      if (cause.kind !== Kind.FAULT_START) expect(cause.node).toBe(row.node);
    }
  });

  it('the operation of a row is the one between whose request and answer its client is', () => {
    const run = runOf(name);
    const causes = new Causes(run);
    const operations = operationRows(run.result.trace);
    expect(operations).toHaveLength(run.result.history.length);
    for (const [index, row] of rowsOf(run).entries()) {
      const operation = causes.operationOf(index);
      if (operation < 0) continue;
      const { node, invokeRow, completeRow } = operations[operation]!;
      expect(index).toBeGreaterThanOrEqual(invokeRow);
      if (row.node === node && row.kind !== Kind.DROP && completeRow >= 0)
        expect(index).toBeLessThanOrEqual(completeRow);
    }
  });

  it('a message lost in a partition has a fault behind it', () => {
    const run = runOf(name);
    const spans = spansOf(run);
    for (const row of rowsOf(run))
      if (row.kind === Kind.DROP && Kind.DROP_REASONS[row.a] === 'partition')
        expect(faultsBehind(spans, row, run.names)).not.toEqual([]);
  });

  it('the states at the end are what the servers say of themselves', () => {
    const { states, result } = runOf(name);
    for (const node of result.world.servers)
      expect(states.at(node, result.events)?.text).toBe(result.world.describe(node));
  });

  it('every why ends, at a fault, an operation, a loss or the beginning', () => {
    const run = runOf(name);
    const rows = run.result.trace.keptRows();
    for (let index = 0; index < rows; index += Math.ceil(rows / 50)) {
      const { steps, end } = whyOf(run, index);
      const last = run.result.trace.row(steps.at(-1)!.row);
      const kinds = {
        fault: [Kind.FAULT_START],
        operation: [Kind.INVOKE],
        loss: [Kind.DROP],
        scenario: [Kind.START, Kind.CONTROL],
      };
      expect(kinds[end]).toContain(last.kind);
    }
  });
});

describe('why', () => {
  it('an election after a partition is led back to it through the heartbeats that were lost', () => {
    const run = runOf('raft/showcase');
    const rows = rowsOf(run);
    const cut = rows.findIndex(({ kind }) => kind === Kind.FAULT_START);
    const elected = rows.findIndex(
      ({ kind, payload }, index) =>
        index > cut && kind === Kind.MARK && (payload as { name: string }).name === 'leader',
    );
    const { steps, end } = whyOf(run, elected);
    expect(end).toBe('fault');
    expect(steps.at(-1)!.row).toBe(cut);
    expect(steps.map(({ how }) => how)).toContain('silence');
  });

  it("the culprit's answer is led back to what its client asked, with the fault that was on meanwhile", () => {
    const run = runOf('raft/showcase');
    const { steps, end, meanwhile } = whyOf(run, violationRow(run));
    expect(end).toBe('operation');
    expect(run.result.trace.row(steps.at(-1)!.row)).toMatchObject({ kind: Kind.INVOKE });
    expect(meanwhile.map(({ fault }) => fault.id)).toContain('cut');
  });

  it('recording until an event gives the same rows', () => {
    const whole = runOf('raft/showcase');
    const { scenario, seed } = whole.result;
    const part = recordRun(scenario, { seed, untilEvent: 300 });
    const rows = rowsOf(part);
    expect(rows).toEqual(rowsOf(whole).slice(0, rows.length));
  });
});
