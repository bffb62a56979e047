import { readSubject } from '../../campaign/documents/document.ts';
import { compileDocument, withDocument } from '../../campaign/documents/document.ts';
import { writeScenario } from '../../campaign/documents/write-scenario.ts';
import { shrink } from '../../campaign/shrink/shrink.ts';
import { describeFault } from '../../report/describe-fault.ts';
import type { ScheduleData } from '../../report/html/report-data.ts';
import { necessityText, shrinkNotes } from '../../report/shrink-text.ts';
import type { OpenedRun } from '../open-run.ts';
import { ProgressPrinter } from '../progress.ts';

/** The smallest run that still fails, with the necessity and slack of each of its faults. @throws CampaignError when none fails. */
export function shrunkSchedule({
  scenario,
  scenarioText,
  seed,
  schedule,
}: OpenedRun): ScheduleData['shrunk'] {
  const subject = readSubject(scenarioText, scenario.file ?? scenario.name);
  const progress = new ProgressPrinter('auto', false);
  const shrunk = shrink({
    subject,
    seed,
    schedule,
    onStep: (size, runs) => {
      progress.show(
        `shrinking: ${size.faults} faults, ${size.operations} operations after ${runs} runs`,
      );
    },
  });
  progress.clear();
  const { before, after, minimal, twin, document, necessity } = shrunk;
  const faults = compileDocument(withDocument(subject, document)).faults;
  return {
    yaml: writeScenario(document, shrinkNotes(shrunk)),
    sizes:
      `Faults ${before.faults} -> ${after.faults}, operations ${before.operations} -> ${after.operations}, ` +
      `clients ${before.clients} -> ${after.clients}, servers ${before.servers} -> ${after.servers}, events ${before.events} -> ${after.events}.`,
    minimal,
    faults: faults.map((fault) => {
      const entry = necessity.find(({ id }) => id === fault.id);
      return {
        id: fault.id,
        text: describeFault(fault),
        needed: entry?.needed ?? false,
        necessity: entry === undefined ? 'not tried: the budget was spent' : necessityText(entry),
      };
    }),
    twin:
      twin === null
        ? []
        : [
            `Nearest run that passes (${twin.difference}): first difference at event ${twin.event}${twin.source === null ? '' : `, ${twin.source}`}.`,
            `Failing: ${twin.failing}. Passing: ${twin.passing}.`,
          ],
  };
}
