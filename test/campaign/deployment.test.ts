import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { Workshop } from '../e2e/cli.ts';

const JOB = z.looseObject({
  spec: z.looseObject({
    completionMode: z.literal('Indexed'),
    completions: z.number(),
    template: z.looseObject({
      spec: z.looseObject({
        containers: z.tuple([
          z.looseObject({
            args: z.array(z.string()),
            env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
          }),
        ]),
      }),
    }),
  }),
});
const WORKFLOW = z.looseObject({
  jobs: z.record(
    z.string(),
    z.looseObject({ steps: z.array(z.looseObject({ run: z.string().optional() })) }),
  ),
});

const docs = (name: string): unknown =>
  parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'));

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  shop.remove();
});

describe('the Indexed Job', () => {
  it('runs the same command in every pod, and the pods together run every seed once', () => {
    const { completions, template } = JOB.parse(docs('kubernetes-campaign.yaml')).spec;
    const [{ args, env }] = template.spec.containers;
    const set = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(set['SPLITBRAIN_SHARDS']).toBe(String(completions));
    // As in the manifest, but with fewer seeds and fewer pods.
    const few = args.map((arg) => (arg === '1..80000' ? '1..4' : arg));
    const files = [0, 1].map((index) => {
      const pod = { ...set, SPLITBRAIN_SHARDS: '2', JOB_COMPLETION_INDEX: String(index) };
      return shop.write(`shard-${index}.json`, shop.cli(few, { env: pod }).stdout);
    });
    const merged = shop.cli(['merge', ...files, '--json']);
    expect(merged.code).toBe(0);
    expect(JSON.parse(merged.stdout)).toMatchObject({
      seeds: 4,
      passed: 4,
      verified: 4,
      missing: [],
    });
  });
});

describe('the GitHub workflow', () => {
  it('uses commands and options that exist', () => {
    const { jobs } = WORKFLOW.parse(docs('github-workflow.yml'));
    const lines = Object.values(jobs)
      .flatMap(({ steps }) => steps.flatMap(({ run }) => (run === undefined ? [] : [run])))
      .filter((run) => run.startsWith('npx splitbrain'));
    expect(lines.length).toBe(3);
    for (const line of lines) {
      const [, , command, ...words] = line.trim().split(/\s+/);
      const help = shop.cli([command!, '--help']).stdout;
      for (const option of words.filter((word) => word.startsWith('--')))
        expect(help).toContain(option);
    }
  });
});
