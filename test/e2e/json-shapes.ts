import { z } from 'zod';

const hash = z.string().regex(/^[0-9a-f]{16}$/);

/** The shapes that DESIGN §6 fixes; more fields are welcome. */
export const RUN_JSON = z.object({
  runs: z.array(
    z.looseObject({
      scenario: z.string(),
      seed: z.string(),
      hash,
      events: z.int().positive(),
      virtualUs: z.int().positive(),
      properties: z
        .array(
          z.object({
            name: z.string(),
            verdict: z.enum(['holds', 'violated', 'inconclusive', 'vacuous']),
            declared: z.enum(['holds', 'violated']),
          }),
        )
        .min(1),
      reproduce: z.string().startsWith('npx splitbrain replay '),
    }),
  ),
});

export const CHECK_JSON = z.object({
  verdict: z.enum(['holds', 'violated', 'inconclusive']),
  consistency: z.string(),
  model: z.string(),
  procedure: z.string().min(1),
  operations: z.int(),
  core: z.array(z.int()),
});

export const BENCH_JSON = z.object({
  bench: z.string(),
  metrics: z.record(z.string(), z.number()),
});

export const DOCTOR_JSON = z.object({
  hash,
  findings: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })).min(5),
});
