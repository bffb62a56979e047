import { Option, type Command } from 'commander';

import type { DiffCommandOptions } from '../commands/diff.ts';
import type { ExportCommandOptions } from '../commands/export.ts';
import type { LikelihoodCommandOptions } from '../commands/likelihood.ts';
import type { ShowCommandOptions } from '../commands/show.ts';
import { jsonOption, seedOption, wholeNumber, type SetExit } from './options.ts';

/** show, diff, export, likelihood: what happened in a run, for a terminal and for pipes. */
export function addSeeingCommands(program: Command, setExit: SetExit): void {
  addShow(program, setExit);
  addDiff(program, setExit);
  addExport(program, setExit);
  addLikelihood(program, setExit);
}

function addShow(program: Command, setExit: SetExit): void {
  program
    .command('show')
    .description('print a run event by event: a lane for every node, a band for every fault')
    .argument('<run>', 'last, last-failed, a run folder, or a scenario')
    .addOption(seedOption())
    .option('--story', 'faults, roles, crashes and what clients asked; the rest only counted')
    .option('-e, --event <place>', 'around this place: an event, violation, #3, or a fault')
    .option('--around <events>', 'how many events before and after it, default 10', wholeNumber)
    .option('--why <place>', 'its causes, back to the nearest fault or client operation')
    .option('--op <number>', 'only what works for this operation of the history')
    .option('--from <event>', 'first event', wholeNumber)
    .option('--to <event>', 'last event', wholeNumber)
    .option('-n, --node <name...>', 'only what these nodes do')
    .option(
      '-k, --kind <kind...>',
      'only these kinds: deliver, send, drop, timer, mark, crash, invoke, state, ...',
    )
    .option('--full', 'every field of a message in full')
    .option('--width <columns>', "cut lines here; 0: never; default: the terminal's", wholeNumber)
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain show showcase --story
  $ splitbrain show last-failed --event violation --around 20
  $ splitbrain show last-failed --why violation
  $ splitbrain show last --op 3 --node n1 n3
  $ splitbrain show last --kind drop crash mark state | less`,
    )
    .action(async (run: string, options: ShowCommandOptions) => {
      const { show } = await import('../commands/show.ts');
      setExit(show(run, options));
    });
}

function addDiff(program: Command, setExit: SetExit): void {
  program
    .command('diff')
    .description('where two runs part, and what became of it; identical runs say so')
    .argument('<run>', 'last, last-failed, a run folder, or a scenario')
    .argument('[other]', 'another one; default: the same, changed by the options')
    .addOption(seedOption())
    .option('--other-seed <seed>', 'the seed of the other run')
    .option('--without <id...>', 'the other run is this one without these faults')
    .option('--lines <count>', 'rows side by side from the first difference on', wholeNumber, 30)
    .option('--width <columns>', "cut lines here; default: the terminal's, else 200", wholeNumber)
    .addOption(jsonOption())
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Exit codes: 0 identical, 3 different

Examples:
  $ splitbrain diff leader-read-local leader-read-quorum
  $ splitbrain diff showcase --without cut
  $ splitbrain diff default-faults --other-seed 2 --json`,
    )
    .action(async (run: string, other: string | undefined, options: DiffCommandOptions) => {
      const { diff } = await import('../commands/diff.ts');
      setExit(diff(run, other, options));
    });
}

const FORMATS = [
  'shiviz',
  'perfetto',
  'edn',
  'porcupine',
  'mermaid',
  'markdown',
  'dot',
  'itf',
  'otlp',
  'csv',
  'jsonl',
];

function addExport(program: Command, setExit: SetExit): void {
  program
    .command('export')
    .description('write a run for other tools: it is run again and its hash verified first')
    .argument('<run>', 'last, last-failed, a run folder, or a scenario')
    .addOption(
      new Option('-f, --format <format>', 'of what tool').choices(FORMATS).makeOptionMandatory(),
    )
    .option('-o, --out <file>', 'where to write it; default: stdout')
    .addOption(seedOption())
    .option(
      '-e, --event <place>',
      'what it is about: an event, violation, #3, or a fault; default: the violation',
    )
    .option(
      '--max <count>',
      'at most so many events (shiviz, itf), messages (mermaid), nodes (dot)',
      wholeNumber,
    )
    .addOption(
      new Option('--graph <what>', 'dot: what to draw')
        .choices(['cone', 'anomaly', 'states'])
        .default('cone'),
    )
    .addOption(
      new Option('--table <which>', 'csv: which table')
        .choices(['events', 'history', 'metrics', 'states', 'faults'])
        .default('events'),
    )
    .option('--twin-without <id...>', 'shiviz: the run without these faults too, to compare')
    .addHelpText(
      'after',
      `
Formats:
  shiviz     vector clocks, for ShiViz; perfetto: Chrome trace JSON, for ui.perfetto.dev
  edn        the history for Jepsen, Knossos, Elle; porcupine: the same as Porcupine's Go structs
  mermaid    a sequence diagram that GitHub draws; markdown: a bug report with it
  dot        Graphviz: the past of an event, the anomaly, the servers' roles
  itf        the global state after every event, for Apalache and Quint
  otlp       OpenTelemetry JSON; csv, jsonl: tables and rows

Examples:
  $ splitbrain export last-failed --format markdown -o report.md
  $ splitbrain export showcase --format shiviz --twin-without cut -o showcase.log
  $ splitbrain export last --format perfetto -o trace.json
  $ splitbrain export last-failed --format dot --graph anomaly | dot -Tsvg > anomaly.svg
  $ splitbrain export last --format csv --table metrics`,
    )
    .action(async (run: string, options: ExportCommandOptions) => {
      const { exportRun } = await import('../commands/export.ts');
      setExit(exportRun(run, options));
    });
}

function addLikelihood(program: Command, setExit: SetExit): void {
  program
    .command('likelihood')
    .description(
      'when was it decided that a run fails? It goes on with fresh chance from many places',
    )
    .argument('<run>', 'last-failed, a run folder, or a scenario that fails')
    .addOption(seedOption())
    .option('--cuts <count>', 'places to go on from', wholeNumber, 30)
    .option('--runs <count>', 'runs from each of them', wholeNumber, 20)
    .addOption(jsonOption())
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain likelihood showcase
  $ splitbrain likelihood last-failed --cuts 60 --runs 200 --json`,
    )
    .action(async (run: string, options: LikelihoodCommandOptions) => {
      const { likelihood } = await import('../commands/likelihood.ts');
      setExit(likelihood(run, options));
    });
}
