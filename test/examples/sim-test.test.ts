import { readFileSync } from 'node:fs';
import { simTestWith } from 'splitbrain/vitest';
import { test } from 'vitest';

const simTest = simTestWith(test);
const scenario = readFileSync(
  new URL('../../scenarios/raft/leader-isolated.yaml', import.meta.url),
);

simTest('a cut-off leader harms nobody', { scenario: scenario.toString(), seeds: '1..10' });
