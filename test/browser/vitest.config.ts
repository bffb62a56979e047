import { defineConfig } from 'vitest/config';

/** The report in a browser: `npm run test:browser`, apart from the default tests because it needs Chromium. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
