import type { Names } from './names.ts';
import { suggest } from '../protocols/nearest.ts';
import type { Problems } from './problems.ts';
import type {
  RequiredEvent,
  RequiredFigure,
  RequiredOutcome,
  Requirements,
} from './requirements.ts';
import type { RequireEntry, RequiredEventEntry, RequiredFigureEntry } from './schema.ts';
import type { Path } from './source-map.ts';
import { parseDurationUs } from './units.ts';

/** Turns `require:` into data, reporting what names nothing of this file or can never be. */
export function compileRequire(
  entry: RequireEntry,
  names: Names,
  problems: Problems,
  liveness: boolean,
): Requirements {
  const known = (
    path: Path,
    noun: string,
    word: string,
    words: readonly string[],
    key?: string,
  ): void => {
    if (!words.includes(word))
      problems.add(path, `no ${noun} is called "${word}"`, suggest(word, words), key);
  };
  const outcomes: Record<string, RequiredOutcome> = {};
  for (const [id, outcome] of Object.entries(entry.outcomes ?? {})) {
    known(['require', 'outcomes'], 'scripted operation', id, names.stepIds, id);
    outcomes[id] =
      typeof outcome === 'string' ? { type: outcome } : { type: 'ok', answer: outcome.ok };
    if (outcome === 'unanswered' && liveness)
      problems.add(
        ['require', 'outcomes', id],
        'a liveness phase waits until every operation has ended',
        'write info or fail, or set `liveness: none`',
      );
  }
  const events = (entry.events ?? []).map((event, index) => {
    const path: Path = ['require', 'events', index];
    const nodes = [...names.servers, ...names.clients];
    for (const key of ['node', 'from', 'to'] as const) {
      const word = (event as Readonly<Record<string, unknown>>)[key];
      if (typeof word === 'string') known([...path, key], 'node', word, nodes);
    }
    if ('mark' in event) known([...path, 'mark'], 'mark', event.mark, names.marks);
    else known([...path, 'message'], 'message type', event.message, names.messageTypes);
    return requiredEvent(event, path, problems);
  });
  for (const name of Object.keys(entry.states ?? {}))
    known(['require', 'states'], 'server', name, names.servers, name);
  const figures: Record<string, RequiredFigure> = {};
  for (const [name, figure] of Object.entries(entry.figures ?? {})) {
    known(['require', 'figures'], 'figure', name, names.figures, name);
    figures[name] = requiredFigure(figure, ['require', 'figures', name], problems);
  }
  return { outcomes, events, states: entry.states ?? {}, figures };
}

function requiredFigure(
  { atLeast, atMost }: RequiredFigureEntry,
  path: Path,
  problems: Problems,
): RequiredFigure {
  const figure = { atLeast: valueOf(atLeast ?? 0), atMost: valueOf(atMost ?? Infinity) };
  if (figure.atLeast > figure.atMost)
    problems.add(
      path,
      `at least ${String(atLeast)} and at most ${String(atMost)} cannot both be`,
      'lower `atLeast` or raise `atMost`',
      'atLeast',
    );
  return figure;
}

function valueOf(bound: number | string): number {
  return typeof bound === 'number' ? bound : parseDurationUs(bound);
}

function requiredEvent(entry: RequiredEventEntry, path: Path, problems: Problems): RequiredEvent {
  const { times } = entry;
  if (times !== undefined && (entry.atLeast !== undefined || entry.atMost !== undefined))
    problems.add(path, 'has `times` and a bound', 'keep `times`, or the bounds', 'times');
  const atMost = times ?? entry.atMost ?? Infinity;
  const atLeast = times ?? entry.atLeast ?? (entry.atMost === undefined ? 1 : 0);
  if (atLeast > atMost)
    problems.add(
      path,
      `at least ${atLeast} and at most ${atMost} cannot both be`,
      'lower `atLeast` or raise `atMost`',
      'atLeast',
    );
  const counts = { atLeast, atMost };
  if ('mark' in entry) {
    const where = entry.where ?? {};
    const fields = Object.entries(where).map(([field, value]) => ` with ${field} ${String(value)}`);
    const at = entry.node === undefined ? '' : ` at ${entry.node}`;
    return {
      text: `mark ${entry.mark}${at}${fields.join('')}`,
      kind: 'mark',
      name: entry.mark,
      node: entry.node ?? null,
      to: null,
      where,
      ...counts,
    };
  }
  const from = entry.from === undefined ? '' : ` from ${entry.from}`;
  const to = entry.to === undefined ? '' : ` to ${entry.to}`;
  const kind = entry.on ?? 'sent';
  return {
    text: `${entry.message}${from}${to} ${kind}`,
    kind,
    name: entry.message,
    node: entry.from ?? null,
    to: entry.to ?? null,
    where: {},
    ...counts,
  };
}
