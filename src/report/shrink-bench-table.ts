import type { ShrinkRow } from '../campaign/bench/shrink-bench.ts';

/** The head of the table of `bench shrink`, in Markdown as the documentation has it. */
export const SHRINK_BENCH_HEAD: readonly string[] = [
  '| bug | seed | property | before | after | by hand | ratio | best known | runs | s | minimal | replays |',
  '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |',
];

/** One row of it: sizes are faults, operations, servers and clients together. */
export function shrinkBenchLine(row: ShrinkRow): string {
  const cells = [
    row.bug,
    row.seed,
    row.property,
    row.before,
    row.after,
    row.handMade,
    row.ratio.toFixed(2),
    row.best,
    row.runs,
    row.seconds.toFixed(1),
    row.minimal ? 'yes' : 'no',
    row.replayed ? 'alike' : 'NOT ALIKE',
  ];
  return `| ${cells.join(' | ')} |`;
}
