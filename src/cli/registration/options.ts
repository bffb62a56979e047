import { Option } from 'commander';

import { STRATEGIES, type Strategy } from '../../campaign/run/strategy.ts';
import { CommandError } from '../exit-codes.ts';

export type SetExit = (code: number) => void;

export const seedOption = (): Option =>
  new Option('-s, --seed <seed>', "any text; default: the scenario's own, else 1");

export const jsonOption = (): Option => new Option('--json', 'one JSON object on stdout');

export const swarmOption = (): Option =>
  new Option(
    '--swarm',
    'draw topology, links, disks, workload, features and the mix of faults from the seed too',
  );

export const strategyOption = (): Option =>
  new Option('--strategy <name>', `how schedules are drawn: ${STRATEGIES.join(', ')}`)
    .argParser(campaignStrategy)
    .default('random');

/** @throws CommandError for a strategy that has no seeds, or that there is not. */
function campaignStrategy(text: string): Strategy {
  if (text === 'exhaustive')
    throw new CommandError(
      '--strategy exhaustive: there are no seeds in it; use `splitbrain explore <scenario> --bounds ...`, or compare it by `splitbrain zoo --strategy exhaustive`',
    );
  const strategy = STRATEGIES.find((one) => one === text);
  if (strategy === undefined)
    throw new CommandError(`--strategy ${text}: expected ${STRATEGIES.join(', ')}`);
  return strategy;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new CommandError(`"${text}": expected a whole number of 0 or more`);
  return value;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Real time: `500ms`, `90s`, `10m`, `2h`. */
export function wallTimeMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null || Number(match[1]) === 0)
    throw new CommandError(`"${text}": expected a real time with its unit, such as 90s, 10m or 2h`);
  return Number(match[1]) * UNIT_MS[match[2]!]!;
}

export function percentage(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (text === '' || !(value >= 0 && value <= 100))
    throw new CommandError(`"${text}": expected a percentage from 0 to 100`);
  return value;
}
