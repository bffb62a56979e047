import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Postgres } from './postgres.ts';
import { answersOf, packed, POSTGRES } from './xa-golden.ts';
import { BALANCE, type XaCall } from './xa-sequences.ts';

/** `npm run conformance` compares with a real server; `CONFORMANCE=record` also writes what it answered to test/golden. */
const MODE = process.env['CONFORMANCE'] ?? '';
const PORT = 19_432;

describe.skipIf(MODE === '')('two real PostgreSQL clusters', () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-postgres-'));
  const [here, there] = ['here', 'there'].map(
    (name, index) => new Postgres(join(folder, name), PORT + index),
  ) as [Postgres, Postgres];

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    for (const server of [here, there]) await server.create();
  }, 120_000);

  afterAll(async () => {
    for (const server of [here, there]) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'answer prepared transactions as the simulated resource manager does',
    { timeout: 300_000 },
    async () => {
      const real: string[][] = [];
      for (const calls of POSTGRES.sequences()) {
        await here.reset();
        const answers: string[] = [];
        for (const call of calls) answers.push(await here.call(call));
        real.push(answers);
      }
      if (MODE === 'record') writeFileSync(POSTGRES.golden, packed(real));
      expect(answersOf(POSTGRES)).toEqual(real);
    },
  );

  it(
    'are two resource managers: a transfer prepared on both survives a crash of one',
    { timeout: 60_000 },
    async () => {
      const transfer = (row: string, delta: number): readonly XaCall[] => [
        { verb: 'start', name: 't' },
        { verb: 'work', name: 't', row, delta },
        { verb: 'prepare', name: 't' },
      ];
      for (const server of [here, there]) await server.reset();
      for (const call of transfer('x', -30)) expect(await here.call(call)).toBe('OK');
      for (const call of transfer('y', 30)) expect(await there.call(call)).toBe('OK');
      await here.call({ verb: 'restart' });
      for (const server of [here, there]) {
        expect(await server.call({ verb: 'recover' })).toBe('t');
        expect(await server.call({ verb: 'commit', name: 't' })).toBe('OK');
        // That it was committed cannot be told from that it never was: the decision must be kept elsewhere.
        expect(await server.call({ verb: 'commit', name: 't' })).toBe('NOTA');
      }
      expect(await here.call({ verb: 'read', row: 'x' })).toBe(String(BALANCE - 30));
      expect(await there.call({ verb: 'read', row: 'y' })).toBe(String(BALANCE + 30));
    },
  );
});
