import { LINEARIZABLE, LIVENESS, NO_EXCEPTIONS } from '../../scenario/property-names.ts';
import { isFailure, type PropertyResult, type RunResult } from '../../scenario/run-result.ts';

/** What makes two failures one bug: equal signatures go into one bucket, and shrinking keeps the signature. */
export interface Failure {
  readonly property: string;
  /** `linearizable: stale read [read write]`; `election-safety`; `no-exceptions: TypeError in Raft.append`. */
  readonly signature: string;
  readonly sentence: string;
  /** The event at which it was seen; null for what only the whole run shows. */
  readonly event: number | null;
  /** False: a declared violation did not occur. */
  readonly violated: boolean;
}

/** Every property of the run that is not as declared, the one to blame first: what was seen earliest, causes before effects. */
export function failuresOf(result: RunResult): Failure[] {
  return result.properties
    .filter((property) => isFailure(property))
    .map((property) => ({
      property: property.name,
      signature: signatureOf(result, property),
      sentence: property.sentence,
      event: property.event,
      violated: property.verdict === 'violated',
    }))
    .sort((a, b) => rank(a) - rank(b));
}

/** As {@link failuresOf}, of every violated property, declared or not. */
export function violationsOf(result: RunResult): Failure[] {
  return result.properties
    .filter(({ verdict }) => verdict === 'violated')
    .map((property) => ({
      property: property.name,
      signature: signatureOf(result, property),
      sentence: property.sentence,
      event: property.event,
      violated: true,
    }))
    .sort((a, b) => rank(a) - rank(b));
}

/**
 * As {@link violationsOf}, those first that were not declared: a run fails by them, and a declared violation is only looked
 * into when there is nothing else.
 */
export function failuresFirst(result: RunResult): Failure[] {
  const failures = failuresOf(result).filter(({ violated }) => violated);
  const failed = new Set(failures.map(({ property }) => property));
  return [...failures, ...violationsOf(result).filter(({ property }) => !failed.has(property))];
}

const LAST: readonly string[] = [LINEARIZABLE, LIVENESS];

function rank({ property, event, violated }: Failure): number {
  if (!violated) return Number.MAX_SAFE_INTEGER;
  return event ?? Number.MAX_SAFE_INTEGER - 10 + LAST.indexOf(property);
}

function signatureOf(result: RunResult, property: PropertyResult): string {
  const { name, verdict, sentence, operations } = property;
  if (verdict !== 'violated') return `${name} (was declared violated)`;
  if (name === NO_EXCEPTIONS) {
    const [failure] = result.failures;
    return failure === undefined ? name : `${name}: ${topFrame(failure.error)}`;
  }
  if (name !== LINEARIZABLE) return name;
  const kinds = new Set(operations.map((index) => result.history.operation(index).f));
  return `${name}: ${anomalyClass(sentence)} [${[...kinds].sort(byText).join(' ')}]`;
}

/** `Stale read: c2 read x = 1 ...` is of the class `stale read`; numbers and names say which case it is, not what kind. */
function anomalyClass(sentence: string): string {
  const named = /^([A-Z][A-Za-z' -]{2,60}):/.exec(sentence);
  return named === null ? 'no valid order' : named[1]!.toLowerCase();
}

/** The function that threw, without its line: the line moves with every edit, and differs between sources and build. */
function topFrame(error: Error): string {
  const frame = /^\s*at (?:async )?(?:new )?([\w$.<>#]+) /m.exec(error.stack ?? '');
  return frame === null ? error.name : `${error.name} in ${frame[1]!}`;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
