import { join } from 'node:path';

import { reproduceCommand, reproduceFolderCommand, scenarioWord } from '../../report/reproduce.ts';
import { shellWord } from '../../report/reproduce-words.ts';
import { collectRun } from '../../report/html/collect-run.ts';
import type { LiveData, ReportData, RunData, ScheduleData } from '../../report/html/report-data.ts';
import { RunProbe } from '../../report/html/run-probe.ts';
import { SourcePlaces } from '../../report/html/source-places.ts';
import { runScenario } from '../../scenario/run.ts';
import { outcomeOf, type RunResult } from '../../scenario/run-result.ts';
import { firstDivergence } from '../../sim/engine/divergence.ts';
import { openRun, type OpenedRun } from '../open-run.ts';
import type { ReportOptions } from '../commands/report.ts';
import { packageVersion } from '../version.ts';
import { shrunkSchedule } from './shrunk-schedule.ts';

/** What a kind of report consists of. */
export interface ReportParts {
  readonly data: Partial<ReportData> & Pick<ReportData, 'title' | 'runs'>;
  /** Where it goes when nobody says. */
  readonly file: string;
  readonly nondeterministic: boolean;
  /** For people, on stderr. */
  readonly warnings: readonly string[];
}

export interface TracedRun {
  readonly opened: OpenedRun;
  readonly result: RunResult;
  readonly data: RunData;
}

/** A run again with everything kept, as a report's data. `collect`: what else to say of it. */
export function traceRun(
  opened: OpenedRun,
  more: {
    readonly nondeterminism?: readonly string[];
    readonly shrunk?: ScheduleData['shrunk'];
  } = {},
): TracedRun {
  const places = new SourcePlaces();
  const probe = new RunProbe(places.locate);
  const result = runScenario(opened.scenario, {
    seed: opened.seed,
    schedule: opened.schedule,
    trace: 'full',
    prepare: probe.attach,
  });
  const failed =
    outcomeOf(result.properties) !== 'inconclusive' &&
    result.properties.some(({ verdict }) => verdict === 'violated');
  const data = collectRun(result, probe, {
    reproduce: reproduceLine(opened, result),
    places: places.places(),
    shrinkCommand: failed ? shrinkCommand(opened) : '',
    ...more,
  });
  return { opened, result, data };
}

export function runReport(arg: string, options: ReportOptions): ReportParts {
  const opened = openRun(arg, options.seed);
  const first = traceRun(opened);
  const shrunk = options.shrink === true ? shrunkSchedule(opened) : null;
  const difference = differenceOf(first);
  const runs =
    difference === null && shrunk === null
      ? [first.data]
      : [
          traceRun(opened, {
            shrunk,
            ...(difference === null ? {} : { nondeterminism: difference.text }),
          }).data,
        ];
  const { scenario, seed } = opened;
  return {
    data: {
      title: `${scenario.name}, seed ${seed} - splitbrain`,
      runs: difference === null ? runs : [...runs, ...difference.others],
      divergence: difference?.divergence ?? null,
      live: options.live === true ? liveData(opened) : null,
    },
    file:
      opened.folder === null
        ? join(
            '.splitbrain',
            'reports',
            `${fileWord(scenario.name)}-${fileWord(seed)}${options.live === true ? '-live' : ''}.html`,
          )
        : join(opened.folder, 'report.html'),
    nondeterministic: difference !== null,
    warnings: difference?.text ?? [],
  };
}

interface Difference {
  readonly text: readonly string[];
  readonly divergence: ReportData['divergence'];
  readonly others: readonly RunData[];
}

/** Null when the run repeats: its hash is the recorded one, or that of a second run. */
function differenceOf({ opened, result }: TracedRun): Difference | null {
  if (opened.hash !== null) {
    if (opened.hash === result.hash) return null;
    const because =
      opened.otherVersion === null
        ? 'The code or the scenario changed since, or the run does not repeat (`splitbrain doctor` looks for the leak).'
        : `It was recorded by splitbrain ${opened.otherVersion}; this is ${packageVersion()}, whose runs may differ.`;
    return {
      text: [
        `! NON-DETERMINISTIC  recorded trace ${opened.hash}, this run has ${result.hash}. ${because}`,
      ],
      divergence: null,
      others: [],
    };
  }
  if (opened.editedFolder !== null) return null;
  const { seed, schedule, scenario } = opened;
  if (runScenario(scenario, { seed, schedule }).hash === result.hash) return null;
  const again = traceRun(opened);
  const found = firstDivergence(result.trace, again.result.trace);
  const place = found === null ? '' : `, first at event ${found.event}`;
  const text = [
    `! NON-DETERMINISTIC  run 1 and run 2 of the same seed differ${place}: ${result.hash} and ${again.result.hash}.`,
  ];
  return {
    text,
    divergence: found === null ? null : divergenceData(result, again.result, text),
    others: [again.data],
  };
}

/** Where two traced runs part, for the page. */
export function divergenceData(
  left: RunResult,
  right: RunResult,
  text: readonly string[],
): NonNullable<ReportData['divergence']> {
  const found = firstDivergence(left.trace, right.trace);
  if (found === null) return { event: null, rows: [-1, -1], text };
  const { event, row } = found;
  return {
    event,
    rows: [found.left === null ? -1 : row, found.right === null ? -1 : row],
    text,
  };
}

function reproduceLine({ editedFolder }: OpenedRun, result: RunResult): string {
  return editedFolder === null ? reproduceCommand(result) : reproduceFolderCommand(editedFolder);
}

function shrinkCommand({ folder, scenario, seed }: OpenedRun): string {
  const what =
    folder === null
      ? `${shellWord(scenarioWord(scenario.name, scenario.file))} --seed ${shellWord(seed)}`
      : shellWord(folder);
  return `npx splitbrain report ${what} --shrink`;
}

function liveData({ scenario, scenarioText, seed, schedule }: OpenedRun): LiveData {
  return {
    scenarioText,
    scenarioFile: scenario.file ?? scenario.name,
    scenarioWord: scenarioWord(scenario.name, scenario.file),
    seed,
    scheduleText: schedule === null ? null : JSON.stringify(schedule),
  };
}

function fileWord(text: string): string {
  return text.replaceAll(/[^\w.-]/g, '_').slice(0, 60);
}
