import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';

import type { BugDefinition, BugSetup } from '../../src/protocols/protocol.ts';
import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';

/** Seeds within which a bug must be caught. */
const SEEDS = { easy: 100, medium: 400, hard: 1_000 };
const SEEDS_OF_CORRECT_CODE = 30;

type Document = Readonly<Record<string, unknown>>;

/** The tests of a protocol's zoo over one scenario, `scenarios/FAMILY/NAME.yaml`, with what each bug needs beyond it. */
export function describeZoo(family: string, name: string, bugs: readonly BugDefinition[]): void {
  const file = new URL(`../../scenarios/${family}/${name}.yaml`, import.meta.url);
  const base = parse(readFileSync(file, 'utf8')) as Document;

  describe(`the zoo of ${family}`, () => {
    it.each(bugs.map((bug) => [bug.id, bug] as const))(
      '%s is caught by its invariant',
      (id, bug) => {
        const document = { ...withSetup(base, bug.setup), bug: id };
        for (let seed = 1; seed <= SEEDS[bug.rarity]; seed += 1) {
          const [caught] = broken(document, `zoo-${seed}`);
          if (caught === undefined) continue;
          expect(bug.caughtBy).toContain(nameOf(caught));
          return;
        }
        expect.fail(`${id} was not found within ${SEEDS[bug.rarity]} seeds`);
      },
    );

    it('accuses no correct code', () => {
      for (let seed = 1; seed <= SEEDS_OF_CORRECT_CODE; seed += 1)
        expect(broken(base, `zoo-${seed}`)).toEqual([]);
    });

    it('accuses no correct code of what a bug is caught by, in the surroundings of that bug', () => {
      for (const { setup, caughtBy } of bugs)
        for (let seed = 1; seed <= SEEDS_OF_CORRECT_CODE && setup !== undefined; seed += 1) {
          const names = broken(withSetup(base, setup), `zoo-${seed}`).map(nameOf);
          expect(names.filter((name) => caughtBy.includes(name))).toEqual([]);
        }
    });
  });
}

function withSetup(base: Document, setup: BugSetup | undefined): Document {
  if (setup === undefined) return base;
  const { serverNames, config, nemesis, faults } = setup;
  const topology = base['topology'] as Document;
  return {
    ...base,
    topology: serverNames === undefined ? topology : { ...topology, servers: serverNames },
    config: { ...(base['config'] as Document | undefined), ...config },
    ...(nemesis === undefined ? {} : { nemesis }),
    ...(faults === undefined ? {} : { faults, nemesis: undefined }),
  };
}

function nameOf(violation: string): string {
  return violation.slice(0, violation.indexOf(':'));
}

function broken(document: Document, seed: string): string[] {
  const scenario = compileScenario(JSON.stringify(document), 'zoo.yaml', PROTOCOLS);
  const { properties } = runScenario(scenario, { seed, freeze: true });
  return properties.flatMap(({ name, verdict, sentence }) =>
    verdict === 'violated' ? [`${name}: ${sentence}`] : [],
  );
}
