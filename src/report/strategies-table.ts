import type { HuntSummary, ZooBug, ZooResult } from '../campaign/zoo/zoo.ts';

interface Facts {
  readonly budget: number;
  readonly repeats: number;
}

/**
 * Strategies side by side as Markdown: per bug the median of seeds (of states, for an exhaustive search) and of CPU seconds,
 * and what they add up to.
 */
export function strategiesTable(result: ZooResult, { budget, repeats }: Facts): string[] {
  const names = (result.bugs[0]?.hunts ?? []).map(({ strategy }) => strategy);
  const of = (index: number): HuntSummary[] => result.bugs.map(({ hunts }) => hunts[index]!);
  return [
    `${repeats} searches of at most ${budget} seeds for each of ${result.bugs.length} bugs and each strategy (an exhaustive one, which has no chance in it: one). ` +
      `Correct code, over the same seeds: ${result.correct.falseAlarms} false alarms in ${result.correct.seeds} seeds and states.`,
    '',
    '| strategy | bugs found | searches that found | found by it alone | CPU s (sum of medians) |',
    '| --- | --- | --- | --- | --- |',
    ...names.map((name, index) => summaryRow(name, of(index), result.bugs, index)),
    '',
    'Median seeds to detection (states, for exhaustive), then CPU seconds; `-`: not found; `(1 of 3)`: by so many of the searches.',
    '',
    `| bug | rarity | ${names.join(' | ')} | caught by |`,
    `| --- | --- | ${names.map(() => '---').join(' | ')} | --- |`,
    ...result.bugs.map(bugRow),
  ];
}

function summaryRow(
  name: string,
  hunts: readonly HuntSummary[],
  bugs: readonly ZooBug[],
  index: number,
): string {
  const found = hunts.filter(({ foundIn }) => foundIn > 0).length;
  const searches = hunts.reduce((sum, hunt) => sum + hunt.repeats, 0);
  const finding = hunts.reduce((sum, { foundIn }) => sum + foundIn, 0);
  const alone = bugs.filter(
    (bug) =>
      bug.hunts[index]!.foundIn > 0 &&
      bug.hunts.every(({ foundIn }, other) => other === index || foundIn === 0),
  ).length;
  const seconds = hunts.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1_000;
  return `| ${name} | ${found} of ${hunts.length} | ${finding} of ${searches} | ${alone} | ${seconds.toFixed(0)} |`;
}

function bugRow({ definition, hunts }: ZooBug): string {
  const by = hunts.find((hunt) => hunt.by !== null)?.by ?? '';
  const cells = hunts.map(({ foundIn, repeats, seeds, milliseconds }) => {
    if (foundIn === 0) return '-';
    const share = foundIn === repeats ? '' : ` (${foundIn} of ${repeats})`;
    return `${seeds}${share}, ${(milliseconds / 1_000).toFixed(1)} s`;
  });
  return `| ${definition.id} | ${definition.rarity} | ${cells.join(' | ')} | ${by} |`;
}
