import { eventLines } from '../../report/event-lines.ts';
import { lockPicture } from '../../report/lock-picture.ts';
import { runScenario } from '../../scenario/run.ts';
import { KIND_NAMES } from '../../sim/engine/event-kind.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { openRun } from '../open-run.ts';
import { print, stdoutStyle, tell } from '../output.ts';

export interface ShowOptions {
  readonly seed?: string;
  readonly from?: number;
  readonly to?: number;
  readonly node?: readonly string[];
  readonly kind?: readonly string[];
  readonly ascii?: boolean;
}

/** `splitbrain show`: runs again with everything kept, and prints the rows asked for. */
export function show(arg: string, options: ShowOptions): number {
  const opened = openRun(arg, options.seed);
  const names = [...opened.scenario.servers, ...opened.scenario.clients];
  refuseUnknown('--node', options.node ?? [], names);
  refuseUnknown('--kind', options.kind ?? [], Object.values(KIND_NAMES));
  const result = runScenario(opened.scenario, {
    seed: opened.seed,
    schedule: opened.schedule,
    trace: 'full',
  });
  const filter = {
    from: options.from ?? 0,
    to: options.to ?? Infinity,
    nodes: options.node === undefined ? null : new Set(options.node),
    kinds: options.kind === undefined ? null : new Set(options.kind),
  };
  for (const line of eventLines(result, filter, stdoutStyle(options))) print(line);
  const picture = lockPicture(result, stdoutStyle(options));
  if (picture.length > 0) print('');
  for (const line of picture) print(line);
  if (opened.hash !== null && opened.hash !== result.hash) {
    tell(
      `! NON-DETERMINISTIC  expected trace ${opened.hash}, got ${result.hash}: this is not the recorded run`,
    );
    return EXIT.nondeterministic;
  }
  return EXIT.ok;
}

function refuseUnknown(option: string, given: readonly string[], known: readonly string[]): void {
  for (const word of given)
    if (!known.includes(word))
      throw new CommandError(`${option} ${word}: expected one of ${known.join(', ')}`);
}
