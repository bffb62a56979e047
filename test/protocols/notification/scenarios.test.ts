import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const FOLDER = new URL('../../../scenarios/notification/', import.meta.url);
/** `SPLITBRAIN_SEEDS=20000 npx vitest run test/protocols/notification/scenarios.test.ts` for the long campaign. */
const SEEDS = Number(process.env['SPLITBRAIN_SEEDS'] ?? 5);

describe('the bundled scenarios of notification', () => {
  const names = readdirSync(FOLDER).map((file) => file.replace('.yaml', ''));

  it.each(names)('%s ends as declared, whatever the seed', (name) => {
    const text = readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8');
    const scenario = compileScenario(text, `${name}.yaml`, PROTOCOLS);
    expect(scenario.name).toBe(name);
    const found: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1)
      for (const property of runScenario(scenario, { seed: String(seed), freeze: true }).properties)
        if (property.verdict !== property.declared)
          found.push(`seed ${seed}: ${property.name} ${property.verdict}: ${property.sentence}`);
    expect(found).toEqual([]);
  });
});
