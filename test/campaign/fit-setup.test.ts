import { expect, it } from 'vitest';

import { fitSetup } from '../../src/campaign/search/fit-setup.ts';
import type { ScenarioDocument } from '../../src/campaign/documents/document.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';

const zookeeper = PROTOCOLS['zookeeper']!;

/** A ZooKeeper scenario on which a setup's configuration was laid. */
function laid(config: Record<string, unknown>): ScenarioDocument {
  return {
    name: 't',
    title: 't',
    protocol: 'zookeeper',
    topology: { servers: 4, clients: 2 },
    config,
    duration: '2s',
    workload: { mix: { read: 1, increment: 3 } },
    script: [{ at: '1s', client: 'c1', do: 'increment', key: 'x' }],
  };
}

it('has clients read, all in all as often, where what they would write is lost by nature', () => {
  const setup = { lock: 'semaphore' };
  const { workload, script } = fitSetup(laid(setup), setup, zookeeper);
  expect(workload?.mix).toEqual({ read: 4 });
  expect(script?.map((step) => step.do)).toEqual(['read']);
});

it('leaves out an option of the document that the setup switches off, and nothing else', () => {
  const setup = { lock: 'mutex' };
  const document = laid({ permits: 3, hold: '5ms', ...setup });
  const fitted = fitSetup(document, setup, zookeeper);
  expect(fitted).toEqual({ ...document, config: { hold: '5ms', lock: 'mutex' } });
});

it('does not hide what is wrong with the setup itself', () => {
  const setup = { sessionTimeout: '1s' };
  expect(() => fitSetup(laid(setup), setup, zookeeper)).toThrow('outside [2, 20] ticks');
});
