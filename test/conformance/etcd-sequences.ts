import { EtcdStore } from '../../src/protocols/etcd/store.ts';
import type { Change, KeyValue, Operation, Outcome } from '../../src/protocols/etcd/store.ts';
import { RandomStream } from '../../src/sim/engine/random.ts';

/** A change whose leases are numbered within the sequence, from 1; 99 is one that never was. */
export type Step = Change;

export const SEQUENCES = 500;
const STEPS = 12;
const NO_LEASE = 99;
const NAMES = ['a', 'ab', 'b'];

/** The same random steps every time; keys have a folder of their own, so that sequences do not meet on one server. */
export function sequence(index: number): readonly Step[] {
  const stream = new RandomStream('conformance', `etcd/${index}`);
  const prefix = `${index}/`;
  const steps: Step[] = [{ op: 'grant', ttlUs: 600_000_000 }];
  let leases = 1;
  for (let step = 1; step < STEPS; step += 1) {
    const kind = stream.below(8);
    if (kind === 0) {
      leases += 1;
      steps.push({ op: 'grant', ttlUs: 600_000_000 });
    } else if (kind === 1) steps.push({ op: 'revoke', lease: stream.pick([1, leases, NO_LEASE]) });
    else {
      const lease = stream.pick([0, 0, 1, leases, leases, NO_LEASE]);
      // etcd takes no key twice in the writes of one transaction.
      const [first, second] = stream.shuffle(NAMES).map((name) => prefix + name) as [
        string,
        string,
      ];
      const compare = stream.pick([
        [],
        [{ key: first, createRevision: 0 }],
        [{ key: second, createRevision: 0 }],
      ]);
      const put: Operation = { op: 'put', key: first, value: stream.pick(['', 'x', 'yy']), lease };
      const range: Operation = { op: 'range', prefix: stream.pick([prefix, first]) };
      const remove: Operation = { op: 'delete', key: stream.pick([first, second]) };
      steps.push({
        op: 'txn',
        compare,
        success: stream.pick([
          [put, range],
          [range, put],
          [{ ...remove, key: second }, put],
          [put],
        ]),
        failure: stream.pick([[range], [remove], [remove, range], []]),
      });
    }
  }
  return steps;
}

/** What a step came to, as text; revisions count from where the sequence began, leases from its first. */
export function told(outcome: Outcome, startRevision: number, leases: readonly number[]): string {
  const keyText = ({ key, value, createRevision, modRevision, version, lease }: KeyValue): string =>
    `${key}=${value} ${createRevision - startRevision} ${modRevision - startRevision} ${version} ${leases.indexOf(lease) + 1}`;
  if (outcome.status !== 'ok') return outcome.status;
  const results = outcome.results.map((keys) => `[${keys.map(keyText).join(', ')}]`);
  return [`+${outcome.revision - startRevision}`, outcome.succeeded, ...results].join(' ');
}

/** What the simulated store answers. */
export function simulated(index: number): readonly string[] {
  const store = new EtcdStore();
  const leases: number[] = [];
  return sequence(index).map((step, at) => {
    const outcome = store.apply(withLeases(step, leases), { index: at + 1 });
    if (step.op === 'grant') leases.push(outcome.lease);
    return told(outcome, 1, leases);
  });
}

/** The step with the server's own numbers for its leases. */
export function withLeases(step: Step, leases: readonly number[]): Change {
  const real = (lease: number): number => (lease === 0 ? 0 : (leases[lease - 1] ?? NO_LEASE * 1e9));
  if (step.op === 'revoke') return { ...step, lease: real(step.lease) };
  if (step.op === 'grant') return step;
  const all = (operations: readonly Operation[]): readonly Operation[] =>
    operations.map((one) => (one.op === 'put' ? { ...one, lease: real(one.lease) } : one));
  return { ...step, success: all(step.success), failure: all(step.failure) };
}
