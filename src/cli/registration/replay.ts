import type { Command } from 'commander';

import type { ReplayOptions } from '../commands/replay.ts';
import {
  jsonOption,
  seedOption,
  strategyOption,
  swarmOption,
  wholeNumber,
  type SetExit,
} from './options.ts';

export function addReplay(program: Command, setExit: SetExit): void {
  program
    .command('replay')
    .description('run again exactly, and verify the trace hash')
    .argument('<run>', 'last, last-failed, a run folder, or a scenario')
    .addOption(seedOption())
    .option('--step', 'step through it: forth and back, to faults, states, violations; what if')
    .option('--until <event>', 'stop after this event; with --step: begin there', wholeNumber)
    .addOption(swarmOption())
    .addOption(strategyOption())
    .option('--without <id...>', 'leave these faults out (the hash then differs)')
    .option('--expect <hash>', 'the trace hash it must have, or its first digits; else exit 3')
    .addOption(jsonOption())
    .option('-v, --verbose', 'all properties and the story of the run')
    .option('--no-color', 'no colours')
    .option('--ascii', 'only ASCII characters')
    .addHelpText(
      'after',
      `
Examples:
  $ splitbrain replay last-failed
  $ splitbrain replay default-faults --seed 17 --expect 5be1c09a
  $ splitbrain replay default-faults --seed 17 --without f3
  $ splitbrain replay last-failed --step
  $ printf 'violation\ninspect\nwhat-if cut\n' | splitbrain replay showcase --step
  $ splitbrain replay .splitbrain/runs/showcase/1f3a7c02-1 --until 1200`,
    )
    .action(async (run: string, options: ReplayOptions) => {
      const { replay, stepThrough } = await import('../commands/replay.ts');
      setExit(options.step === true ? await stepThrough(run, options) : replay(run, options));
    });
}
