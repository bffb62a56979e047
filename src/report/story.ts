import { quorumCoreText } from '../scenario/quorum-core.ts';
import type { RunResult } from '../scenario/run-result.ts';
import * as Kind from '../sim/engine/event-kind.ts';
import type { TraceRow } from '../sim/engine/trace.ts';
import type { Fault, FaultBegun } from '../sim/faults/fault.ts';
import { describeFault, describeFaultBegun } from './describe-fault.ts';
import { describeRow } from './describe-row.ts';

const STORY_KINDS: ReadonlySet<number> = new Set([
  Kind.MARK,
  Kind.CRASH,
  Kind.POWER_LOSS,
  Kind.PAUSE,
  Kind.RESUME,
  Kind.FAULT_START,
  Kind.FAULT_END,
  Kind.INVOKE,
  Kind.COMPLETE,
]);

/** What `run -v` tells: faults, changes of role, crashes and what clients asked and learned; messages left out. */
export function* story(result: RunResult): Generator<string> {
  const names = [...result.scenario.servers, ...result.scenario.clients];
  const healed =
    result.core === null
      ? 'all faults are healed'
      : `healed: ${quorumCoreText(result.core, result.scenario.servers)}`;
  for (const fault of result.scenario.faults) yield `  planned     ${describeFault(fault)}`;
  for (let index = 0; index < result.trace.keptRows(); index += 1) {
    const row = result.trace.row(index);
    if (!belongsToStory(row)) continue;
    const time = `${(row.timeUs / 1_000_000).toFixed(3)} s`;
    yield `  ${time.padStart(10)}  ${tell(row, names, healed)}`;
  }
}

/** Whether a row is more than the traffic of a healthy run. */
export function belongsToStory(row: TraceRow): boolean {
  return STORY_KINDS.has(row.kind) || isRestart(row) || isHeal(row);
}

function isRestart(row: TraceRow): boolean {
  return row.kind === Kind.START && row.a > 1;
}

function isHeal(row: TraceRow): boolean {
  return row.kind === Kind.CONTROL && row.payload === 'heal';
}

function tell(row: TraceRow, names: readonly string[], healed: string): string {
  if (isHeal(row)) return `--- ${healed} ---`;
  if (row.kind === Kind.FAULT_START) return `*** ${describeFaultBegun(row.payload as FaultBegun)}`;
  if (row.kind === Kind.FAULT_END) return `*** ${(row.payload as Fault).id} ends`;
  return describeRow(row, names).trim();
}
