import type { RunResult } from '../scenario/run-result.ts';
import type { Fault, FaultReport } from '../sim/faults/fault.ts';
import { describeAction, describeMoment } from './describe-fault.ts';
import { wrap } from './format.ts';

const WIDTH = 100;
const MAX_FAULTS = 8;

/**
 * The faults of a run, one a line: id, when it was on, what it did, its effect. Those that began after `untilUs` cannot
 * have caused what was seen by then and are only counted.
 */
export function faultLines(result: RunResult, untilUs: number): string[] {
  const reports = new Map(result.faults.map((report) => [report.id, report]));
  const matter = result.schedule.filter((fault) => {
    const startUs = reports.get(fault.id)?.startUs ?? null;
    return untilUs === Infinity || (startUs !== null && startUs <= untilUs);
  });
  const shown = matter.slice(0, MAX_FAULTS);
  const idWidth = Math.max(0, ...shown.map(({ id }) => id.length));
  const lines = shown.flatMap((fault) => faultText(fault, reports.get(fault.id), idWidth));
  const left = [
    matter.length > shown.length ? `${matter.length - shown.length} more` : '',
    result.schedule.length > matter.length
      ? `${result.schedule.length - matter.length} that began later or never`
      : '',
  ].filter((text) => text !== '');
  if (left.length > 0) lines.push(`    (and ${left.join(', ')})`);
  return lines;
}

function faultText(fault: Fault, report: FaultReport | undefined, idWidth: number): string[] {
  const began = report !== undefined && report.startUs !== null;
  const when = began ? `${seconds(report.startUs)} - ${seconds(report.endUs)}` : 'never began';
  const trigger = 'when' in fault.start || !began ? `, ${describeMoment(fault.start)}` : '';
  const effect = began ? `: effect ${report.effect}${nodesText(report)}` : '';
  const head = `    ${fault.id.padEnd(idWidth)}  ${when.padEnd(17)}  `;
  const indent = ' '.repeat(head.length);
  const [first = '', ...rest] = wrap(
    `${describeAction(fault.action)}${trigger}${effect}`,
    WIDTH - head.length,
    '',
  );
  return [head + first, ...rest.map((line) => indent + line)];
}

function nodesText({ targets }: FaultReport): string {
  return targets.length > 0 ? ` on ${targets.join(' ')}` : '';
}

function seconds(us: number | null): string {
  return us === null ? 'end' : `${(us / 1_000_000).toFixed(3)} s`;
}
