import type { Command } from 'commander';

import type { ReportOptions } from '../commands/report.ts';
import { seedOption, type SetExit } from './options.ts';

export function addReport(program: Command, setExit: SetExit): void {
  program
    .command('report')
    .description('write one HTML file of a run, which opens by double click and needs nothing else')
    .argument(
      '<run...>',
      'last, last-failed, a run folder, a scenario, a history file, or the JSON of fuzz; two runs: side by side',
    )
    .addOption(seedOption())
    .option(
      '-o, --out <file>',
      'where to write it; default: into the run folder, or .splitbrain/reports/',
    )
    .option(
      '--live',
      'put the simulator in too: the report can run again, with other seeds and faults',
    )
    .option('--shrink', 'also find the smallest schedule that still fails (takes up to a minute)')
    .option('--open', 'open it in a browser')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain report showcase
  $ splitbrain report last-failed --shrink --open
  $ splitbrain report default-faults --seed 17 --live -o run.html
  $ splitbrain report leader-read-local leader-read-quorum     two runs, from where they part
  $ splitbrain fuzz default-faults --seeds 200 --json > fuzz.json; splitbrain report fuzz.json
  $ splitbrain report jepsen.edn                               a history from anywhere`,
    )
    .action(async (runs: string[], options: ReportOptions) => {
      const { report } = await import('../commands/report.ts');
      setExit(await report(runs, options));
    });
}
