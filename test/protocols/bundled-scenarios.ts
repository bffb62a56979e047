import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';

/** `SPLITBRAIN_SEEDS=20000 npx vitest run test/protocols/<protocol>/scenarios.test.ts` for the long campaign. */
const SEEDS = Number(process.env['SPLITBRAIN_SEEDS'] ?? 5);

/** The tests of `scenarios/FAMILY/`: each file's run ends as the file declares, under every seed. */
export function describeBundled(family: string): void {
  const folder = new URL(`../../scenarios/${family}/`, import.meta.url);
  const names = readdirSync(folder).map((file) => file.replace('.yaml', ''));

  describe(`the bundled scenarios of ${family}`, () => {
    it.each(names)('%s ends as declared, whatever the seed', (name) => {
      const text = readFileSync(new URL(`${name}.yaml`, folder), 'utf8');
      const scenario = compileScenario(text, `${name}.yaml`, PROTOCOLS);
      expect(scenario.name).toBe(name);
      const found: string[] = [];
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const { properties } = runScenario(scenario, { seed: String(seed), freeze: true });
        for (const property of properties)
          if (property.verdict !== property.declared)
            found.push(`seed ${seed}: ${property.name} ${property.verdict}: ${property.sentence}`);
      }
      expect(found).toEqual([]);
    });
  });
}
