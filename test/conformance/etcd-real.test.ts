import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Change, KeyValue, Operation, Outcome } from '../../src/protocols/etcd/store.ts';
import { SEQUENCES, sequence, simulated, told, withLeases } from './etcd-sequences.ts';
import { pack } from './packed.ts';
import { decoded, encoded, RealEtcd, revisionOf, type Json } from './real-etcd.ts';

/** `npm run conformance` compares with a real server; `CONFORMANCE=record` also writes what it answered to test/golden. */
const MODE = process.env['CONFORMANCE'] ?? '';
const GOLDEN = new URL('../golden/etcd-3.4.23.json', import.meta.url);

function wire(operation: Operation): Json {
  if (operation.op === 'put') {
    const { key, value, lease } = operation;
    return { request_put: { key: encoded(key), value: encoded(value), lease: String(lease) } };
  }
  if (operation.op === 'delete')
    return { request_delete_range: { key: encoded(operation.key), prev_kv: true } };
  const { prefix } = operation;
  const last = prefix.length - 1;
  const end = prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
  const order = { sort_order: 'ASCEND', sort_target: 'CREATE' };
  return { request_range: { key: encoded(prefix), range_end: encoded(end), ...order } };
}

function keyOf(kv: Json): KeyValue {
  return {
    key: decoded(kv['key']),
    value: decoded(kv['value']),
    createRevision: Number(kv['create_revision']),
    modRevision: Number(kv['mod_revision']),
    version: Number(kv['version']),
    lease: Number(kv['lease'] ?? 0),
  };
}

function outcome(reply: Json, lease = 0): Outcome {
  const missing = JSON.stringify(reply).includes('requested lease not found');
  const responses = (reply['responses'] as Json[] | undefined) ?? [];
  return {
    status: missing ? 'LeaseNotFound' : 'ok',
    succeeded: reply['responses'] === undefined ? true : reply['succeeded'] === true,
    revision: missing ? 0 : revisionOf(reply),
    lease,
    results: responses.map((one) => {
      const range = (one['response_range'] as Json | undefined)?.['kvs'];
      const deleted = (one['response_delete_range'] as Json | undefined)?.['prev_kvs'];
      return ((range ?? deleted ?? []) as Json[]).map(keyOf);
    }),
    deleted: [],
  };
}

/** `lease`: the number of a lease to be granted; one of the server's own choice has more than 53 bits. */
async function perform(server: RealEtcd, change: Change, lease: number): Promise<Outcome> {
  switch (change.op) {
    case 'grant': {
      const TTL = String(change.ttlUs / 1_000_000);
      const reply = await server.ask('lease/grant', { ID: String(lease), TTL });
      return outcome(reply, Number(reply['ID']));
    }
    case 'revoke':
      return outcome(await server.ask('lease/revoke', { ID: String(change.lease) }));
    case 'txn': {
      const compare = change.compare.map(({ key, createRevision }) => ({
        target: 'CREATE',
        key: encoded(key),
        create_revision: String(createRevision),
        result: 'EQUAL',
      }));
      const body = {
        compare,
        success: change.success.map(wire),
        failure: change.failure.map(wire),
      };
      const reply = await server.ask('kv/txn', body);
      // The gateway leaves an empty list of responses out, and a false with it.
      const succeeded = reply['succeeded'] === true;
      return { ...outcome(reply), succeeded };
    }
  }
}

describe.skipIf(MODE === '')('a real etcd server', () => {
  const server = new RealEtcd(19_041);

  beforeAll(() => server.start(), 60_000);

  afterAll(() => server.stop());

  it('answers every random sequence as the simulated one does', { timeout: 600_000 }, async () => {
    const real: string[][] = [];
    for (let index = 0; index < SEQUENCES; index += 1) {
      const start = revisionOf(await server.ask('kv/range', { key: encoded('x') }));
      const leases: number[] = [];
      const lines: string[] = [];
      for (const [at, step] of sequence(index).entries()) {
        const result = await perform(server, withLeases(step, leases), (index + 1) * 1_000 + at);
        if (step.op === 'grant') leases.push(result.lease);
        lines.push(told(result, start, leases));
      }
      real.push(lines);
    }
    if (MODE === 'record') writeFileSync(GOLDEN, pack(real));
    const different = real.flatMap((lines, index) => {
      const ours = simulated(index);
      return lines.flatMap((line, at) =>
        line === ours[at]
          ? []
          : [
              `sequence ${index}, step ${at} (${JSON.stringify(sequence(index)[at])}): ${ours[at]}, etcd: ${line}`,
            ],
      );
    });
    expect(different).toEqual([]);
  });
});
