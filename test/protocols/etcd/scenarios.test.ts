import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { etcd } from '../../../src/protocols/etcd/index.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const FOLDER = new URL('../../../scenarios/etcd/', import.meta.url);
const files = readdirSync(FOLDER);
const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');

function complaints(text: string, seed: string): string[] {
  const { properties } = runScenario(compileScenario(text, 'etcd.yaml', PROTOCOLS), { seed });
  return properties
    .filter(({ verdict, declared }) => verdict !== declared)
    .map(({ name, verdict, sentence }) => `seed ${seed}: ${name} ${verdict}: ${sentence}`);
}

it.each(files)('%s ends as declared, whatever the seed', (file) => {
  expect(['1', '2', '3'].flatMap((seed) => complaints(textOf(file), seed))).toEqual([]);
});

it.each(etcd.bugs.map(({ id, caughtBy }) => ({ id, caughtBy })))(
  '$id has a scenario that declares a property which the bug names',
  ({ id, caughtBy }) => {
    const own = files.map(textOf).find((text) => text.includes(`\nbug: ${id}\n`))!;
    const declared = own.slice(own.indexOf('\nproperties:'));
    expect(caughtBy.some((name) => declared.includes(`${name}: violated`))).toBe(true);
  },
);

it.each(['etcd-faults.yaml', 'etcd-faults-lock-delay.yaml'])(
  '%s raises no false alarm on the correct code',
  (file) => {
    const text = textOf(file);
    const found: string[] = [];
    for (let seed = 1; seed <= 25; seed += 1) found.push(...complaints(text, String(seed)));
    expect(found).toEqual([]);
  },
);

it('a contender that was paused until its lease had ended does not take the lock', () => {
  // In this run the answer that shows its key waits for it all the while.
  expect(complaints(textOf('etcd-faults.yaml'), '45')).toEqual([]);
});
