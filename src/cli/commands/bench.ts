import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Metrics } from '../../campaign/bench/engine-bench.ts';
import { CommandError } from '../exit-codes.ts';
import { print, tell } from '../output.ts';

export interface BenchOptions {
  readonly json?: boolean;
  readonly quick?: boolean;
}

type Bench = (quick: boolean) => Promise<Metrics>;

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
    tell(`bench ${name}: takes a minute or less; the machine's noise is in the figures`);
  const metrics = await chosen(options.quick ?? false);
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

function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
