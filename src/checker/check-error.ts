import { HistoryError } from '../history/history-error.ts';

/** A history that is well-formed but that the chosen model or consistency cannot be asked about. Exit code 64, too. */
export class CheckError extends HistoryError {
  constructor(
    place: { file?: string | undefined; line?: number | undefined },
    problem: string,
    expected: string,
    fix: string,
  ) {
    super(place, problem, expected, fix);
    this.name = 'CheckError';
  }
}
