import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { SEQUENCES, simulated } from './etcd-sequences.ts';
import { unpack } from './packed.ts';

/** What etcd 3.4.23 answered (Debian 12's package), recorded by etcd-real.test.ts. */
const golden = unpack(readFileSync(new URL('../golden/etcd-3.4.23.json', import.meta.url), 'utf8'));

it('the simulated etcd answers 500 recorded sequences of leases and transactions as the real one did', () => {
  expect(golden).toHaveLength(SEQUENCES);
  expect(golden.map((_, index) => simulated(index))).toEqual(golden);
  expect(golden.flat()).toContain('LeaseNotFound');
});
