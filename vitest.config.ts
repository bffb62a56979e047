import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**'], thresholds: { lines: 90 } },
    reporters: ['default'],
  },
});
