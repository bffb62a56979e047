import { Option, type Command } from 'commander';

import type { CorpusAddOptions, CorpusOptions } from '../commands/corpus.ts';
import type { ExploreCommandOptions } from '../commands/explore.ts';
import type { FuzzOptions } from '../commands/fuzz.ts';
import type { MergeOptions } from '../commands/merge.ts';
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

/** fuzz, explore, shrink, zoo, corpus, merge: many seeds, the smallest story of one, and what is kept of them. */
export function addCampaignCommands(program: Command, setExit: SetExit): void {
  addFuzz(program, setExit);
  addExplore(program, setExit);
  addShrink(program, setExit);
  addZoo(program, setExit);
  addCorpus(program, setExit);
  addMerge(program, setExit);
}

/** Stacks name the TypeScript line. It holds for modules loaded from now on, and the commands load theirs late. */
function showSourceLines(): void {
  process.setSourceMapsEnabled(true);
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
    .option('--no-files', 'keep no files of the first failure: last-failed stays what it was')
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
      showSourceLines();
      const { fuzz } = await import('../commands/fuzz.ts');
      setExit(await fuzz(names, options));
    });
}

function addExplore(program: Command, setExit: SetExit): void {
  program
    .command('explore')
    .description('visit every state that a small cluster can reach within bounds')
    .argument('<scenario>', 'a name or a file: its protocol, configuration, bug and operations')
    .option(
      '--bounds <bounds>',
      'what one story may have: timeouts, requests, clientTimeouts, crashes, powerLosses, drops, duplicates, messages, depth, syncs, symmetry',
      'timeouts=2,requests=1',
    )
    .option('--servers <n>', "default: the scenario's", wholeNumber)
    .option('--clients <n>', 'at most as many as there are requests', wholeNumber, 1)
    .option('--bug <id>', 'with this planted bug')
    .addOption(
      new Option('--order <order>', 'bfs: a shortest story first; dfs: less memory')
        .choices(['bfs', 'dfs'])
        .default('bfs'),
    )
    .option('--all', 'go on after a violation, and find the first of each property')
    .option('--states <n>', 'give up after so many different states', wholeNumber)
    .option('--time <duration>', 'real time after which to give up: 90s, 10m', wallTimeMs)
    .addOption(seedOption())
    .option('-o, --out <file>', 'where to write the story (default: .splitbrain/explored/)')
    .addOption(jsonOption())
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain explore default-faults --servers 3 --bounds timeouts=1,requests=1
  $ splitbrain explore default-faults --servers 3 --bug double-vote
  $ splitbrain explore 2pc-nemesis --servers 3 --bounds requests=1,timeouts=1,crashes=1 --time 5m`,
    )
    .action(async (name: string, options: ExploreCommandOptions) => {
      const { exploreCommand } = await import('../commands/explore.ts');
      setExit(await exploreCommand(name, options));
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
      showSourceLines();
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
    .option(
      '--strategy <name...>',
      'random, directed, pct, guided, exhaustive; several are compared',
      ['random', 'directed'],
    )
    .option('--compare', 'random, pct, guided and exhaustive')
    .option('--state <file>', 'keep finished searches here, and go on where it ends')
    .option('--docs <file>', 'write the comparison between the marks of this file')
    .option('--no-black-box', 'no second search with what clients see alone')
    .option('--no-swarm', 'only the scenarios as they are, without drawn configurations')
    .option(
      '--setups',
      "search where each bug's entry says that it can show, whatever the strategy",
    )
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

function addCorpus(program: Command, setExit: SetExit): void {
  const corpus = program.command('corpus').description('failures pinned as files, for git');
  const dirOption = (): Option => new Option('--dir <folder>', 'where they are').default('corpus');
  corpus
    .command('add')
    .description('pin a failing run: a scenario file, and what it is expected to do')
    .argument('<run>', 'a file from shrink, last-failed, a run folder, or a scenario')
    .addOption(seedOption())
    .addOption(swarmOption())
    .addOption(strategyOption())
    .option('--name <name>', "the entry's name; default: the scenario's")
    .addOption(
      new Option(
        '--expect <verdict>',
        'violated: it fails and should (default with a planted bug); holds: it is to be mended',
      ).choices(['violated', 'holds']),
    )
    .addOption(dirOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ splitbrain corpus add .splitbrain/shrunk/smallest.yaml --name stale-read',
    )
    .action(async (run: string, options: CorpusAddOptions) => {
      const { corpusAdd } = await import('../commands/corpus.ts');
      setExit(corpusAdd(run, options));
    });
  const simple = (
    name: 'list' | 'verify' | 'prune',
    description: string,
    run: (options: CorpusOptions) => Promise<number>,
  ): void => {
    corpus
      .command(name)
      .description(description)
      .addOption(dirOption())
      .addOption(jsonOption())
      .addHelpText('after', `\nExample:\n  $ splitbrain corpus ${name}`)
      .action(async (options: CorpusOptions) => {
        setExit(await run(options));
      });
  };
  simple('list', 'the entries', async (options) =>
    (await import('../commands/corpus.ts')).corpusList(options),
  );
  simple('verify', 'run them: still failing, fixed, or stale', async (options) =>
    (await import('../commands/corpus.ts')).corpusVerify(options),
  );
  simple('prune', 'remove what is stale', async (options) =>
    (await import('../commands/corpus.ts')).corpusPrune(options),
  );
  for (const command of corpus.commands) command.exitOverride();
}

function addMerge(program: Command, setExit: SetExit): void {
  program
    .command('merge')
    .description('add up the results of shards')
    .argument('<result...>', 'files that fuzz --json wrote')
    .option('--require-coverage', 'exit 2 when a fault kind or an operation never took effect')
    .option('--junit <file>', 'write JUnit XML')
    .addOption(jsonOption())
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText('after', '\nExample:\n  $ splitbrain merge shard-*.json --require-coverage')
    .action(async (files: string[], options: MergeOptions) => {
      const { merge } = await import('../commands/merge.ts');
      setExit(merge(files, options));
    });
}
