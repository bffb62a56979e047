import { Argument, Command, Option } from 'commander';

import type { Shell } from './completion.ts';
import type { BenchOptions } from './commands/bench.ts';
import type { CheckCommandOptions } from './commands/check.ts';
import type { ListOptions } from './commands/list.ts';
import type { RunCommandOptions } from './commands/run.ts';
import { exitForError } from './exit-for-error.ts';
import { EXIT } from './exit-codes.ts';
import { print, tell } from './output.ts';
import { addCampaignCommands } from './registration/campaign.ts';
import { jsonOption, seedOption, wholeNumber, type SetExit } from './registration/options.ts';
import { addReplay } from './registration/replay.ts';
import { addReport } from './registration/report.ts';
import { addSeeingCommands } from './registration/seeing.ts';
import { packageVersion } from './version.ts';

/** Runs the command line and returns its exit code (DESIGN §5). */
export async function runProgram(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitForError(error);
  }
}

const GLOBAL_EXAMPLES = `
Examples:
  $ splitbrain list                                  what can be run
  $ splitbrain run showcase                          one scenario, its verdict
  $ splitbrain run 'raft/*' --json                   many, as data
  $ splitbrain replay last-failed                    the same run again, hash verified
  $ splitbrain show last-failed --why violation      what led to it
  $ splitbrain fuzz default-faults --seeds 1000      many seeds, failures in buckets
  $ splitbrain shrink default-faults --seed 17       the smallest story that still fails
  $ splitbrain check history.jsonl --model register  judge any history

Exit codes: 0 as declared, 1 violated, 2 inconclusive or vacuous, 3 non-deterministic, 4 nothing selected,
            64 usage or file error, 70 internal error`;

function createProgram(setExit: SetExit): Command {
  const program = new Command('splitbrain')
    .description(
      'Runs distributed protocols in a simulated world, breaks them from a seed, and judges what clients saw.',
    )
    .version(packageVersion(), '-V, --version')
    .addHelpText('after', GLOBAL_EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        print(text.trimEnd());
      },
      writeErr: (text) => {
        tell(text.trimEnd());
      },
    })
    .showHelpAfterError('(splitbrain --help shows examples)');
  addRun(program, setExit);
  addReplay(program, setExit);
  addCheck(program, setExit);
  addSeeingCommands(program, setExit);
  addReport(program, setExit);
  addList(program);
  addScenario(program, setExit);
  addDoctor(program, setExit);
  addBench(program);
  addCampaignCommands(program, setExit);
  addCompletion(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

function addRun(program: Command, setExit: SetExit): void {
  program
    .command('run')
    .description('run scenarios, one run each, and print their verdicts')
    .argument('<scenario...>', 'names, patterns (raft/*), files or folders')
    .addOption(seedOption())
    .addOption(jsonOption())
    .option('-v, --verbose', 'all properties and the story of the run')
    .option('-q, --quiet', 'nothing for runs that end as declared')
    .option(
      '--stop-at-violation',
      'judge the history while it grows; end at the first wrong answer',
    )
    .option('--no-files', 'leave no files under .splitbrain/')
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain run showcase
  $ splitbrain run showcase --seed 7 -v          the story, told
  $ splitbrain run ./my-scenario.yaml --json
  $ splitbrain run 'raft/*'                      every Raft scenario`,
    )
    .action(async (names: string[], options: RunCommandOptions) => {
      const { run } = await import('./commands/run.ts');
      setExit(await run(names, options));
    });
}

function addCheck(program: Command, setExit: SetExit): void {
  program
    .command('check')
    .description('judge a history from anywhere; no simulation')
    .argument('<history...>', 'files: JSON lines, Jepsen EDN, Porcupine logs; gzip too')
    .option(
      '-c, --consistency <model...>',
      'linearizable (default), sequential, causal, serializable, ..., or all',
    )
    .option(
      '-m, --model <type>',
      'the data type: register, cas-register, kv, queue, ... (default: from the operations)',
    )
    .option('--format <format>', 'auto, jsonl, edn, porcupine, porcupine-json or kv', 'auto')
    .option('--initial <value>', 'the state before the first operation, as JSON')
    .addOption(
      new Option('--nil-read <meaning>', 'what a read of null saw').choices(['value', 'unknown']),
    )
    .addOption(
      new Option('--cas-fail <meaning>', 'what a failed cas means').choices([
        'no-effect',
        'compare-failed',
        'compare-if-said',
      ]),
    )
    .option('--independent', 'values are [key, value] pairs (jepsen.independent)')
    .addOption(
      new Option('--order <by>', 'real-time order').choices(['line', 'time']).default('line'),
    )
    .option('--budget <configurations>', 'work before the verdict is inconclusive', wholeNumber)
    .option('--witness', 'print an order that explains every answer')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain check history.jsonl --model cas-register
  $ splitbrain check etcd_000.log                       (format and data type are recognised)
  $ splitbrain check knossos.edn --model cas-register --initial 0
  $ splitbrain check *.jsonl.gz --model kv --json`,
    )
    .action(async (files: string[], options: CheckCommandOptions) => {
      const { checkFiles } = await import('./commands/check.ts');
      setExit(await checkFiles(files, options));
    });
}

function addList(program: Command): void {
  program
    .command('list')
    .description(
      'list scenarios; with options: protocols, planted bugs, properties, kinds of fault that a nemesis draws',
    )
    .argument('[pattern]', 'only names that match; of bugs and properties also the protocol: raft')
    .option('--protocols', 'protocols, their config keys and operations')
    .option('--bugs', 'planted bugs')
    .option('--properties', 'properties a scenario can declare')
    .option('--nemesis', 'the profiles and words of a nemesis, which draws faults from the seed')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain list
  $ splitbrain list 'raft/*' --json
  $ splitbrain list --protocols redlock
  $ splitbrain list --bugs zookeeper`,
    )
    .action(async (pattern: string | undefined, options: ListOptions) => {
      const { list } = await import('./commands/list.ts');
      list(pattern, options);
    });
}

function addScenario(program: Command, setExit: SetExit): void {
  const scenario = program.command('scenario').description('work with scenario files');
  scenario
    .command('validate')
    .description('check scenario files without running them')
    .argument('<scenario...>', 'files, folders, names or patterns')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain scenario validate my-scenario.yaml
  $ splitbrain scenario validate scenarios/`,
    )
    .action(async (names: string[]) => {
      const { validate } = await import('./commands/scenario.ts');
      setExit(validate(names));
    });
  scenario
    .command('schema')
    .description('print the JSON Schema of scenario files, for editors')
    .addHelpText('after', '\nExample:\n  $ splitbrain scenario schema > scenario.schema.json')
    .action(async () => {
      const { schema } = await import('./commands/scenario.ts');
      schema();
    });
  for (const command of scenario.commands) command.exitOverride();
}

function addDoctor(program: Command, setExit: SetExit): void {
  program
    .command('doctor')
    .description('prove on this machine that equal seeds give equal runs, and that leaks are found')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ splitbrain doctor')
    .action(async (options: { json?: boolean }) => {
      const { doctor } = await import('./commands/doctor.ts');
      setExit(await doctor(options));
    });
}

function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure: ratios within one process, or figures of virtual time')
    .argument('<bench>', 'engine, raft, checker, campaign, shrink, locks or shootout')
    .addOption(jsonOption())
    .option('--quick', 'a tenth of the work, for a first look')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain bench engine
  $ splitbrain bench raft --json
  $ splitbrain bench campaign
  $ splitbrain bench shrink --json
  $ splitbrain bench shootout                # what each transaction scheme costs`,
    )
    .action(async (name: string, options: BenchOptions) => {
      const { bench } = await import('./commands/bench.ts');
      await bench(name, options);
    });
}

function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  $ eval "$(splitbrain completion bash)"
  $ splitbrain completion fish | source`,
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion.ts');
      print(completionScript(program, shell).trimEnd());
    });
}
