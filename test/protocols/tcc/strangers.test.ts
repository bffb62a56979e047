import { describe, expect, it } from 'vitest';

import { tcc } from '../../../src/protocols/tcc/index.ts';
import type { TccMessage } from '../../../src/protocols/tcc/messages.ts';
import { watchRun, withVerdict } from '../watch.ts';

const TEXT = `
name: stranger
title: a transfer, and somebody who takes part in nothing
protocol: tcc
topology: { servers: 4, clients: 2 }
network: { latency: 5ms }
disk: { sync: 1ms, unsynced: none }
duration: 2s
script:
  - { at: 100ms, client: c1, do: transfer, key: x, value: { to: y, amount: 30 } }
  - { at: 106ms, client: c2, do: read, key: x }`;

function runWith(forged: readonly TccMessage[]) {
  const withStranger = {
    ...tcc,
    createClient: (context: Parameters<typeof tcc.createClient>[0]) =>
      context.env.name === 'c2'
        ? {
            perform(_operation: unknown, token: number): void {
              for (const server of context.servers)
                for (const message of forged) context.env.send(server, message);
              context.complete(token, { type: 'ok', value: null });
            },
          }
        : tcc.createClient(context),
  };
  const watched = watchRun(withStranger, TEXT);
  const transfer = watched.result.history.operations().find(({ f }) => f === 'transfer')!;
  return { ...watched, transfer };
}

const LIVE = 'n1.1.1';

describe('answers of somebody who never registered, while a transfer is under way', () => {
  it('a refusal does not cancel it', () => {
    const { result, transfer } = runWith([{ type: 'TryReply', gid: LIVE, ok: false }]);
    expect(withVerdict(result, 'violated')).toEqual([]);
    expect(transfer.status).toBe('ok');
  });

  it('a Confirm and a Cancel of what was never tried move nothing', () => {
    const changes = [{ account: 'x', delta: -30 }];
    const { result, transfer, monitor } = runWith([
      { type: 'Confirm', gid: 'n1.1.99', changes },
      { type: 'Cancel', gid: 'n1.1.98', changes },
    ]);
    expect(withVerdict(result, 'violated')).toEqual([]);
    expect(transfer.status).toBe('ok');
    // Three services, asked in the run and once more after it, answer the Cancel; two confirm the transfer.
    expect(monitor.messages.get('ConfirmReply')).toBe(2 + 2 * 3);
    expect(monitor.messages.get('CancelReply')).toBe(2 * 3);
  });
});
