import { describe, expect, it } from 'vitest';

import { etcd } from '../../../src/protocols/etcd/index.ts';
import { parseConfig } from '../../../src/protocols/etcd/parse-config.ts';
import { complaintsOf, documentOf, runOf, type Document } from './runs.ts';

const wide = documentOf('etcd-wide-area');

function grantsWithin(requestTimeout: string, seed: string): number {
  const config = { ...(wide['config'] as Document), requestTimeout };
  const { figures } = runOf({ ...wide, config, require: undefined, liveness: 'none' }, seed);
  return figures.find(({ name }) => name === 'grants')!.value;
}

describe('on a network that takes 125 to 130 ms a message', () => {
  it.each(['1', '2', '3', '4', '5', '6', '7', '8'])(
    'a client that waits for 3 s gets its lock: seed %s',
    (seed) => {
      expect(complaintsOf(runOf(wide, seed))).toEqual([]);
    },
  );

  it.each(['1', '2', '3'])('a client that waits for 800 ms does: seed %s', (seed) => {
    expect(grantsWithin('800ms', seed)).toBeGreaterThan(0);
  });

  it('a client that waits for 500 ms never does, whoever leads', () => {
    expect(['1', '2', '3', '4', '5'].map((seed) => grantsWithin('500ms', seed))).toEqual(
      Array(5).fill(0),
    );
  });
});

describe('a campaign', () => {
  const { stallUs, answersWithinUs } = etcd.campaign!;

  it('asks for no liveness on links where a change takes longer than clients wait', () => {
    const within = (requestTimeout: string): number =>
      answersWithinUs!(parseConfig({ requestTimeout }, 4) as never, 4);
    expect(within('600ms')).toBe(200_000);
    expect(within('3s')).toBe(1_000_000);
  });

  it('allows for a lost request as long as its sender waits', () => {
    const stalls = (input: Document): number => stallUs!(parseConfig(input, 4) as never);
    expect(stalls({})).toBe(10_500_000);
    expect(stalls({ requestTimeout: '20s' })).toBe(20_000_000);
  });
});
