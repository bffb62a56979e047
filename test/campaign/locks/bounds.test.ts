import { expect, it } from 'vitest';

import { LOCK_SCHEMES } from '../../../src/campaign/locks/scheme.ts';
import { boundsOf } from '../../../src/campaign/locks/tables.ts';

it.each(LOCK_SCHEMES.map((scheme) => [scheme.title, scheme] as const))(
  '%s keeps within every bound derived from its parameters, and comes near it',
  (_, scheme) => {
    for (const { what, boundUs, measuredUs } of boundsOf(scheme)) {
      expect(measuredUs, what).toBeLessThanOrEqual(boundUs);
      // A bound that is never approached is no bound but a guess.
      expect(measuredUs, what).toBeGreaterThan(0.9 * boundUs);
    }
  },
);
