import type { HuntSummary, ZooBug, ZooResult } from '../campaign/zoo/zoo.ts';
import { paint, verdictSign, type Style } from './format.ts';

/** Found by some search, or at least by the scenario made for it. */
export function isFound(bug: ZooBug): boolean {
  return bug.hunts.some(({ foundIn }) => foundIn > 0) || (bug.scripted?.by ?? null) !== null;
}

/** The zoo as a table: what caught each bug, after how many seeds and events, and what clients alone would have seen. */
export function killTable(result: ZooResult, style: Style): string[] {
  const rows = result.bugs.map((bug) => bugCells(bug, style));
  const head = [
    '',
    'bug',
    'rarity',
    ...(result.bugs[0]?.hunts ?? []).map(headOf),
    'by',
    'clients alone',
    'own scenario',
  ];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row, index) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
    if (index === 0) return paint(style, 'dim', line);
    return isFound(result.bugs[index - 1]!) ? line : paint(style, 'yellow', line);
  });
  const { correct } = result;
  const found = result.bugs.filter(isFound).length;
  lines.push('', `${found} of ${result.bugs.length} bugs found`);
  for (const [index, { strategy }] of (result.bugs[0]?.hunts ?? []).entries())
    lines.push(
      `  ${strategyLine(
        strategy,
        result.bugs.map(({ hunts }) => hunts[index]!),
      )}`,
    );
  const blackBox = result.bugs.flatMap(({ blackBox: one }) => (one === null ? [] : [one]));
  if (blackBox.length > 0) lines.push(`  ${strategyLine('random, clients alone', blackBox)}`);
  lines.push(
    `correct code: ${correct.falseAlarms} false alarms in ${correct.seeds} seeds`,
    ...Object.entries(correct.alarmSeeds).map(
      ([signature, seed]) => `  ${signature}   seed ${seed}`,
    ),
    ...correct.errors.slice(0, 10).map((error) => `  not judged: ${error}`),
  );
  return lines;
}

function headOf({ strategy }: HuntSummary): string {
  return `${strategy}: seeds`;
}

function bugCells(bug: ZooBug, style: Style): string[] {
  const { definition, hunts, blackBox, scripted } = bug;
  const by = hunts.find((hunt) => hunt.by !== null)?.by ?? scripted?.by ?? '';
  const expected = by === '' || definition.caughtBy.includes(by) ? '' : ' (unexpected)';
  return [
    verdictSign(style, isFound(bug) ? 'holds' : 'violated'),
    definition.id,
    definition.rarity,
    ...hunts.map(huntCell),
    `${by}${expected}`,
    blackBox === null
      ? ''
      : `${huntCell(blackBox)}${blackBox.by === null ? '' : ` ${blackBox.by}`}`,
    scripted === null ? '' : `${scripted.scenario}: ${scripted.by ?? 'nothing'}`,
  ];
}

/** `17` of one search; `17 (2 of 3)` when not every search found it; `-` when none did; empty when none was made. */
function huntCell({ foundIn, repeats, seeds }: HuntSummary): string {
  if (repeats === 0) return '';
  if (foundIn === 0) return '-';
  return foundIn === repeats ? String(seeds) : `${seeds} (${foundIn} of ${repeats})`;
}

function strategyLine(name: string, hunts: readonly HuntSummary[]): string {
  const searches = hunts.reduce((sum, { repeats }) => sum + repeats, 0);
  const found = hunts.reduce((sum, { foundIn }) => sum + foundIn, 0);
  const bugs = hunts.filter(({ foundIn }) => foundIn > 0).length;
  const seeds = hunts.reduce((sum, hunt) => sum + hunt.seeds, 0);
  const seconds = hunts.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1_000;
  return `${name}: ${bugs} bugs, ${found} of ${searches} searches; the median searches together ${seeds} seeds, ${seconds.toFixed(1)} CPU s`;
}

/** The shape that DESIGN §6 fixes (and more). */
export function zooJson(result: ZooResult): Record<string, unknown> {
  return {
    bugs: result.bugs.map((bug) => {
      const best = bug.hunts.find(({ foundIn }) => foundIn > 0);
      return {
        id: bug.id,
        protocol: bug.protocol,
        found: isFound(bug),
        by: best?.by ?? bug.scripted?.by ?? null,
        seeds: best?.seeds ?? bug.hunts[0]?.seeds ?? 0,
        events: best?.events ?? bug.hunts[0]?.events ?? 0,
        rarity: bug.definition.rarity,
        caughtBy: bug.definition.caughtBy,
        strategies: bug.hunts,
        blackBox: bug.blackBox,
        scripted: bug.scripted,
      };
    }),
    correct: result.correct,
    interrupted: result.interrupted,
    elapsedMs: Math.round(result.elapsedMs),
  };
}
