import type { Command } from 'commander';

import type { ShowCommandOptions } from '../commands/show.ts';
import { seedOption, wholeNumber, type SetExit } from './options.ts';

/** show: what happened in a run, for a terminal and for pipes. */
export function addSeeingCommands(program: Command, setExit: SetExit): void {
  addShow(program, setExit);
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
