import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { expect, it } from 'vitest';

import { etcd } from '../../../src/protocols/etcd/index.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const FILE = new URL('../../../scenarios/etcd/etcd-faults-lock-delay.yaml', import.meta.url);
const profile = parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, unknown>>;
const delayed = etcd.bugs.filter(({ setup }) => setup !== undefined);

/** What is violated in the profile under a seed, with what the bug needs beyond it. */
function violated(id: string, seed: number, bug: string | undefined): readonly string[] {
  const { config, faults } = etcd.bugs.find((one) => one.id === id)!.setup!;
  const document = {
    ...profile,
    config: { ...(profile['config'] as object), ...config },
    ...(faults === undefined ? {} : { faults, nemesis: undefined }),
    bug,
  };
  const scenario = compileScenario(JSON.stringify(document), `${id}.yaml`, PROTOCOLS);
  const { properties } = runScenario(scenario, { seed: String(seed) });
  return properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);
}

it.each(delayed.map(({ id, caughtBy }) => ({ id, caughtBy })))(
  '$id is caught within 10 seeds, where its setup lets it show',
  ({ id, caughtBy }) => {
    const seeds = Array.from({ length: 10 }, (_, at) => at + 1);
    expect(seeds.some((seed) => violated(id, seed, id).includes(caughtBy[0]!))).toBe(true);
  },
);

it.each(delayed.map(({ id, setup }) => ({ id, breaks: setup!.breaks ?? [] })))(
  'the correct code violates nothing but what is so by nature, where $id shows',
  ({ id, breaks }) => {
    for (let seed = 1; seed <= 10; seed += 1)
      expect(violated(id, seed, undefined).filter((name) => !breaks.includes(name))).toEqual([]);
  },
);
