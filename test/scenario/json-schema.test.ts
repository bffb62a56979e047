import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../src/scenario/schema.ts';
import { scenarioText } from './marked-file.ts';

const SCENARIOS = fileURLToPath(new URL('../../scenarios/', import.meta.url));
const written: unknown = JSON.parse(readFileSync(join(SCENARIOS, 'scenario.schema.json'), 'utf8'));
const validator = z.fromJSONSchema(written as Parameters<typeof z.fromJSONSchema>[0]);
const bundled = readdirSync(SCENARIOS, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.yaml'));

describe('scenarios/scenario.schema.json', () => {
  it('is what `splitbrain scenario schema` prints: write it anew after a change of the schema', () => {
    expect(written).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });

  it.each(bundled)('accepts %s', (file) => {
    const text = readFileSync(join(SCENARIOS, file), 'utf8');
    expect(z.prettifyError(validator.safeParse(parse(text)).error ?? new z.ZodError([]))).toBe('');
  });

  it.each(bundled)('is named by %s, so that editors find it', (file) => {
    const text = readFileSync(join(SCENARIOS, file), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/scenario\.schema\.json\n/);
  });

  it.each(['fualts: []', 'seed: 7', 'duration: 5', 'network: { loss: 5 }', 'topology: {}'])(
    'refuses %s',
    (line) => {
      expect(validator.safeParse(parse(scenarioText(line))).success).toBe(false);
    },
  );
});
