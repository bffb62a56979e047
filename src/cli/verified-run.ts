import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeJsonl } from '../history/write-jsonl.ts';
import { recordRun, type RecordedRun } from '../report/trace/recorded-run.ts';
import type { RunResult } from '../scenario/run-result.ts';
import type { Checkpoint } from '../sim/engine/trace.ts';
import type { OpenedRun } from './open-run.ts';
import { tell } from './output.ts';

/** A run made again with everything kept, and whether it is the one that was recorded. */
export interface VerifiedRun {
  readonly run: RecordedRun;
  /** False: the hash is not the recorded one, and stderr says so. */
  readonly verified: boolean;
}

/** Runs what was opened again and compares hashes; a run that was never recorded has nothing to differ from. */
export function recordVerified(opened: OpenedRun): VerifiedRun {
  const run = recordRun(opened.scenario, { seed: opened.seed, schedule: opened.schedule });
  const verified = opened.hash === null || opened.hash === run.result.hash;
  if (!verified) tell(divergedText(opened, run.result));
  else if (opened.folder !== null && opened.hash !== null) noteHistory(opened.folder, run.result);
  return { run, verified };
}

/** Why a run is not the recorded one, as far as its checkpoints tell. */
function divergedText({ hash, checkpoints, scenario, seed }: OpenedRun, now: RunResult): string {
  return (
    `! NON-DETERMINISTIC  ${scenario.name} seed ${seed}: expected trace ${String(hash)}, got ${now.hash}: this is not the recorded run. ` +
    `${partingText(checkpoints, now)} If splitbrain changed since, record the run again; if nothing did, \`splitbrain doctor\` looks for the leak.`
  );
}

function partingText(recorded: readonly Checkpoint[], { checkpoints, events }: RunResult): string {
  const parts = checkpoints.findIndex(({ hash }, index) => recorded[index]?.hash !== hash);
  const equal = parts < 0 ? Math.min(checkpoints.length, recorded.length) : parts;
  const until = equal === 0 ? 0 : checkpoints[equal - 1]!.event;
  const next = Math.min(checkpoints[equal]?.event ?? events, recorded[equal]?.event ?? events);
  return until === 0
    ? `They part before event ${next}.`
    : `They are equal up to event ${until} and part before event ${Math.max(next, until + 1)}.`;
}

/** The history is made again with the run; a file that says something else was cut short or edited. */
function noteHistory(folder: string, { history }: RunResult): void {
  const file = join(folder, 'history.jsonl');
  let text: string | null = null;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    tell(`note: ${file} is missing; the history was made again from the run`);
    return;
  }
  if (text !== writeJsonl(history))
    tell(
      `note: ${file} was cut short or edited since the run; the history was made again from the run`,
    );
}
