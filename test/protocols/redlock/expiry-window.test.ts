import { describe, expect, it } from 'vitest';

import { ExpiryWindow } from '../../../src/protocols/redlock/expiry-window.ts';
import { parseConfig } from '../../../src/protocols/redlock/parse-config.ts';

/** A server that started at 0, judged at a time set by hand. */
function judged(config: Record<string, unknown> = {}, servers = 4) {
  const found: string[] = [];
  let nowUs = 0;
  const window = new ExpiryWindow(
    parseConfig({ activeExpiry: '100ms', ...config }, servers),
    () => nowUs,
    (id) => `r${id}`,
    ({ sentence }) => found.push(sentence),
  );
  window.awake(1);
  const at = (us: number): void => {
    nowUs = us;
  };
  return { window, found, at };
}

describe('a key whose time is over', () => {
  it('may stay until the next round of the active cycle, and no longer', () => {
    const { window, found, at } = judged();
    at(5_000_000);
    window.expired(1, 'x', 101);
    expect(found).toEqual([]);
    window.expired(1, 'x', 103);
    expect(found).toEqual(['r1 stored lock x for 103 ms after its time to live was over.']);
    expect(window.lateUs).toBe(103_000);
  });

  it('may stay for as long as its server is paused or down', () => {
    const { window, found, at } = judged();
    at(5_000_000);
    window.awake(1);
    at(5_060_000);
    window.expired(1, 'x', 3_000);
    expect(found).toEqual([]);
  });

  it('may stay for long on a replica, which lets nothing expire', () => {
    const { window, found, at } = judged({ replication: 'async' }, 3);
    at(5_000_000);
    window.expired(1, 'x', 3_000);
    expect(found).toEqual([]);
  });
});
