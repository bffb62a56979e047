import { CommanderError } from 'commander';

import { CommandError, EXIT } from './exit-codes.ts';
import { isClosedPipe, tell } from './output.ts';

/** Errors whose messages name the place and what was expected. */
const FILE_ERRORS: readonly string[] = [
  'ScenarioError',
  'HistoryError',
  'CheckError',
  'CampaignError',
];

/** Says what went wrong, and gives the exit code for it (DESIGN §5). */
export function exitForError(error: unknown): number {
  if (isClosedPipe(error)) return EXIT.ok;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CommandError) {
    tell(`error: ${error.message}`);
    return error.exitCode;
  }
  if (!(error instanceof Error)) {
    tell(`internal error, a bug in splitbrain: ${String(error)} was thrown`);
    return EXIT.internal;
  }
  const { name, message, stack } = error;
  if (name === 'PlaceError') {
    tell(`error: ${message}`);
    return EXIT.usage;
  }
  if (FILE_ERRORS.includes(name)) {
    tell(message);
    return EXIT.usage;
  }
  if (name === 'AmbientAccessError') {
    tell(`! NON-DETERMINISTIC  ${stack ?? message}`);
    return EXIT.nondeterministic;
  }
  tell(`internal error, a bug in splitbrain: ${stack ?? message}`);
  return EXIT.internal;
}
