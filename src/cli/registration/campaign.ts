import { Option, type Command } from 'commander';

import type { FuzzOptions } from '../commands/fuzz.ts';
import type { ShrinkCommandOptions } from '../commands/shrink.ts';
import type { ZooCommandOptions } from '../commands/zoo.ts';
import {
  jsonOption,
  percentage,
  seedOption,
  strategyOption,
  swarmOption,
  wallTimeMs,
  wholeNumber,
  type SetExit,
} from './options.ts';

/** fuzz, shrink, zoo: many seeds, the smallest story of one, and whether planted bugs are found. */
export function addCampaignCommands(program: Command, setExit: SetExit): void {
  addFuzz(program, setExit);
  addShrink(program, setExit);
  addZoo(program, setExit);
}

function addFuzz(program: Command, setExit: SetExit): void {
  program
    .command('fuzz')
    .description(
      'run scenarios under many seeds; failures come in buckets, the first of each shrunk',
    )
    .argument('<scenario...>', 'names, patterns (raft/*), files or folders')
    .option('--seeds <seeds>', 'N (1..N), A..B (both included) or @file; default 100')
    .option('--time <duration>', 'real time after which no seed begins: 90s, 10m', wallTimeMs)
    .option('-j, --workers <n>', 'threads; default: one a core; 0: this one', wholeNumber)
    .option('--shard <i/n>', 'the i-th of n disjoint parts; env: as an Indexed Job says')
    .addOption(swarmOption())
    .addOption(strategyOption())
    .option(
      '--verify-determinism [percent]',
      'run this share of passing seeds twice (default 1, under CI 100); failures always are',
      percentage,
    )
    .option('--require-coverage', 'exit 2 when a fault kind or an operation never took effect')
    .option('--state <file>', 'where the state goes (default: .splitbrain/campaigns/)')
    .option('--no-state', 'write no state file')
    .option('--resume', 'go on where the state file ends')
    .option('--no-shrink', 'leave the failures as they are')
    .option('--junit <file>', 'write JUnit XML: a case for each scenario and property')
    .option('--jsonl <file>', 'write events as they come, one JSON object a line')
    .addOption(
      new Option('--progress <how>', 'on stderr').choices(['auto', 'line', 'none']).default('auto'),
    )
    .addOption(jsonOption())
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain fuzz default-faults --seeds 1..1000
  $ splitbrain fuzz default-faults --swarm --time 10m --workers 2
  $ splitbrain fuzz 'raft/*' --seeds 200 --shard 2/8 --json > shard-2.json
  $ splitbrain fuzz default-faults --seeds 100000 --resume`,
    )
    .action(async (names: string[], options: FuzzOptions) => {
      const { fuzz } = await import('../commands/fuzz.ts');
      setExit(await fuzz(names, options));
    });
}

function addShrink(program: Command, setExit: SetExit): void {
  program
    .command('shrink')
    .description('find the smallest run that still fails the same way, and write it as a scenario')
    .argument('<run>', 'last-failed, a run folder, or a scenario')
    .addOption(seedOption())
    .addOption(swarmOption())
    .addOption(strategyOption())
    .option('--signature <text>', 'which failure, by property or signature; default: the first')
    .option('-o, --out <file>', 'where to write it (default: .splitbrain/shrunk/)')
    .option('--time <duration>', 'real time to spend, default 45s', wallTimeMs)
    .addOption(jsonOption())
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain shrink last-failed
  $ splitbrain shrink default-faults --seed 17 -o smallest.yaml
  $ splitbrain replay smallest.yaml`,
    )
    .action(async (run: string, options: ShrinkCommandOptions) => {
      const { shrinkCommand } = await import('../commands/shrink.ts');
      setExit(shrinkCommand(run, options));
    });
}

function addZoo(program: Command, setExit: SetExit): void {
  program
    .command('zoo')
    .description('search for every planted bug, and for false alarms of the correct code')
    .argument('[protocol...]', 'default: all that have planted bugs')
    .option('--budget <seeds>', 'seeds that one search may spend', wholeNumber, 100)
    .option('--repeats <n>', 'searches for each bug, with other seeds', wholeNumber, 1)
    .option('--bug <id...>', 'only these bugs')
    .option('--strategy <name...>', 'random, pct, guided; several are compared', ['random'])
    .option('--no-black-box', 'no second search with what clients see alone')
    .option('--no-swarm', 'only the scenarios as they are, without drawn configurations')
    .option('-j, --workers <n>', 'threads; default: one a core', wholeNumber)
    .addOption(jsonOption())
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain zoo raft --budget 200
  $ splitbrain zoo raft --strategy random pct guided --repeats 5 --no-black-box
  $ splitbrain zoo --bug figure-8 --budget 2000 --json`,
    )
    .action(async (names: string[], options: ZooCommandOptions) => {
      const { zoo } = await import('../commands/zoo.ts');
      setExit(await zoo(names, options));
    });
}
