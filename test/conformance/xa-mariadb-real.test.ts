import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { MariaDb } from './mariadb.ts';
import { answersOf, MARIADB, packed } from './xa-golden.ts';

/** `npm run conformance` compares with a real server; `CONFORMANCE=record` also writes what it answered to test/golden. */
const MODE = process.env['CONFORMANCE'] ?? '';
const PORT = 19_306;

describe.skipIf(MODE === '')('a real MariaDB server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-mariadb-'));
  const server = new MariaDb(folder, PORT);

  beforeAll(async () => {
    await server.create();
  }, 120_000);

  afterAll(() => {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'answers the XA verbs as the simulated resource manager does',
    { timeout: 300_000 },
    async () => {
      const real: string[][] = [];
      for (const calls of MARIADB.sequences()) {
        await server.reset();
        const answers: string[] = [];
        for (const call of calls) answers.push(await server.call(call));
        real.push(answers);
      }
      if (MODE === 'record') writeFileSync(MARIADB.golden, packed(real));
      expect(answersOf(MARIADB)).toEqual(real);
    },
  );
});
