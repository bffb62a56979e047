import type { RunOutcome } from '../scenario/run-result.ts';

/** DESIGN §5. */
export const EXIT = {
  ok: 0,
  violated: 1,
  inconclusive: 2,
  nondeterministic: 3,
  nothingSelected: 4,
  usage: 64,
  internal: 70,
} as const;

export function exitFor(outcomes: readonly RunOutcome[]): number {
  if (outcomes.includes('failed')) return EXIT.violated;
  return outcomes.includes('inconclusive') ? EXIT.inconclusive : EXIT.ok;
}

/** A mistake of the person at the keyboard (exit 64), or nothing found (exit 4): its message is all they need. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
