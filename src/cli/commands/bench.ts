import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Subject } from '../../campaign/documents/document.ts';
import type { Metrics } from '../../campaign/bench/engine-bench.ts';
import { CommandError } from '../exit-codes.ts';
import { print, tell } from '../output.ts';

export interface BenchOptions {
  readonly json?: boolean;
  readonly quick?: boolean;
}

type Bench = (quick: boolean, tellRow: (line: string) => void) => Promise<Metrics>;

const BENCHES: Readonly<Record<string, Bench>> = {
  engine: async (quick) => {
    const { benchEngine } = await import('../../campaign/bench/engine-bench.ts');
    return benchEngine(quick ? 50_000 : 500_000);
  },
  raft: async (quick) => {
    const { benchRaft } = await import('../../campaign/bench/raft-bench.ts');
    const { loadScenario } = await import('../find-scenarios.ts');
    const file = fileURLToPath(
      new URL('../../../scenarios/raft/default-faults.yaml', import.meta.url),
    );
    return benchRaft(loadScenario(file), file, quick ? 50 : 500);
  },
  locks: async (quick) => {
    const { benchLocks } = await import('../../campaign/locks/bench-locks.ts');
    return benchLocks(quick);
  },
  campaign: async (quick) => {
    const { benchCampaign } = await import('../../campaign/bench/campaign-bench.ts');
    const sizes = quick
      ? { seeds: 60, rounds: 1, memorySeeds: 400 }
      : { seeds: 3_000, rounds: 2, memorySeeds: 100_000 };
    const small = await bundledSubject('lin-read-after-write');
    return benchCampaign(await bundledSubject('default-faults'), small, sizes);
  },
  shrink: async (quick, tellRow) => {
    const { benchShrink, SHRINK_CASES } = await import('../../campaign/bench/shrink-bench.ts');
    const { shrinkBenchLine, SHRINK_BENCH_HEAD } =
      await import('../../report/shrink-bench-table.ts');
    const cases = await Promise.all(
      Object.entries(SHRINK_CASES).map(async ([bug, name]) => ({
        bug,
        handMade: await bundledSubject(name),
      })),
    );
    for (const line of SHRINK_BENCH_HEAD) tellRow(line);
    const { metrics, missing } = benchShrink(
      await bundledSubject('default-faults'),
      quick ? cases.slice(0, 3) : cases,
      quick ? 1 : 2,
      (row) => {
        tellRow(shrinkBenchLine(row));
      },
    );
    for (const line of missing) tellRow(`not found: ${line}`);
    return metrics;
  },
  checker: async (quick) => {
    const { benchChecker } = await import('../../campaign/bench/checker-bench.ts');
    return benchChecker(quick);
  },
  shootout: async () => {
    const { benchShootout, SCHEMES } = await import('../../campaign/bench/shootout-bench.ts');
    const { readSubject } = await import('../../campaign/documents/document.ts');
    const subjects = SCHEMES.map(({ name }) => {
      const file = `scenarios/shootout/cost-shootout-${name}.yaml`;
      const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
      return [name, readSubject(text, file)] as const;
    });
    return benchShootout(new Map(subjects));
  },
};

/** `splitbrain bench`. */
export async function bench(name: string, options: BenchOptions): Promise<void> {
  const chosen = BENCHES[name];
  if (chosen === undefined)
    throw new CommandError(
      `no bench is called "${name}": expected ${Object.keys(BENCHES).join(', ')}`,
    );
  // Counts and virtual time have no noise.
  if (options.json !== true && name !== 'shootout')
    tell(`bench ${name}: takes some minutes at most; the machine's noise is in the figures`);
  // With --json stdout is one object; the rows of a table are for people.
  const metrics = await chosen(options.quick ?? false, options.json === true ? tell : print);
  if (options.json === true) {
    print(JSON.stringify({ bench: name, metrics }, null, 2));
    return;
  }
  if (name === 'shootout') {
    const { shootoutText } = await import('../../report/shootout-text.ts');
    for (const line of shootoutText(metrics)) print(line);
    return;
  }
  const width = Math.max(...Object.keys(metrics).map((key) => key.length));
  for (const [key, value] of Object.entries(metrics))
    print(`${key.padEnd(width)}  ${figure(value)}`);
}

async function bundledSubject(name: string): Promise<Subject> {
  const { readSubject } = await import('../../campaign/documents/document.ts');
  const { readText } = await import('../find-scenarios.ts');
  const file = fileURLToPath(new URL(`../../../scenarios/raft/${name}.yaml`, import.meta.url));
  return readSubject(readText(file), file);
}

function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
