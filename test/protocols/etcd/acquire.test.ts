import { expect, it } from 'vitest';

import type { EtcdConfig } from '../../../src/protocols/etcd/config.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';
import { complaintsOf, documentOf, runOf } from './runs.ts';

const happy = documentOf('etcd-happy');

it('a contender with no time at all asks once all the same, and one that has failed may ask again at once', () => {
  const scenario = compileScenario(JSON.stringify(happy), 'impatient.yaml', PROTOCOLS);
  const config = { ...(scenario.config as EtcdConfig), acquireTimeoutUs: 0 };
  const { figures, properties } = runScenario({ ...scenario, config }, { seed: '1' });
  expect(properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  expect(figures.find(({ name }) => name === 'grants')!.value).toBeGreaterThan(0);
});

it('a contender with hardly any time breaks nothing', () => {
  expect(complaintsOf(runOf({ ...happy, config: { acquireTimeout: '1us' } }, '1'))).toEqual([]);
});
