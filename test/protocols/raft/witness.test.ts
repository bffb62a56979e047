import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/protocols/raft/entry.ts';
import { Judge } from '../../../src/protocols/raft/ghost/judge.ts';
import { Witness } from '../../../src/protocols/raft/ghost/witness.ts';
import type { WitnessedOperation } from '../../../src/protocols/raft/ghost/witness.ts';
import type { ClientRequest } from '../../../src/protocols/raft/messages.ts';
import type { ApplyResult } from '../../../src/protocols/raft/state-machine.ts';

const DONE: ApplyResult = { status: 'ok', value: null };

/** Clients and a log, both in the hands of the test. */
class Bench {
  readonly broken: string[] = [];
  readonly witness: Witness;
  #sequence = 0;

  readonly #session: number;

  constructor(promised = true, session = 1) {
    this.#session = session;
    const judge = new Judge(
      ({ invariant }) => this.broken.push(invariant),
      (id) => `n${id + 1}`,
    );
    this.witness = new Witness(judge, promised);
  }

  invoke(f: string, key: string, value: unknown = null): [WitnessedOperation, ClientRequest] {
    const operation = this.witness.invoked({ f, key, value });
    this.#sequence += 1;
    const sequence = this.#sequence;
    const session = this.#session;
    const request: ClientRequest = { type: 'ClientRequest', session, sequence, f, key, value };
    this.witness.requested(operation, request);
    return [operation, request];
  }

  propose(index: number, request: ClientRequest): Entry {
    const { session, sequence, f, key, value } = request;
    const command = { session, sequence, f, key, value };
    const entry: Entry = { index, term: 1, prevTerm: 1, command, membership: null, timeUs: 0 };
    this.witness.proposed(entry, request);
    return entry;
  }

  /** An entry of the request is made and applied at `index`. */
  apply(
    index: number,
    request: ClientRequest,
    result = DONE,
    value: unknown = request.value,
  ): void {
    this.witness.applied(this.propose(index, request), result, value);
  }

  write(index: number, key: string, value: unknown): void {
    const [operation, request] = this.invoke('write', key, value);
    this.apply(index, request);
    this.witness.completed(operation, request, { type: 'ok', value: null });
  }

  read(key: string, value: unknown): void {
    const [operation, request] = this.invoke('read', key);
    this.witness.completed(operation, request, { type: 'ok', value });
  }

  get verdict(): string {
    return this.witness.verdict().verdict;
  }
}

describe('the witness: the log is the order of everything that clients were told', () => {
  it('proves writes at their indexes and reads after them', () => {
    const bench = new Bench();
    bench.read('x', null);
    bench.write(2, 'x', 1);
    bench.read('x', 1);
    bench.write(3, 'x', 2);
    bench.read('x', 2);
    expect(bench.verdict).toBe('proved');
    expect(bench.witness.verdict().sentence).toBe('the order of the log explains all 5 answers');
    expect(bench.broken).toEqual([]);
  });

  it('a read beside a write may see it or not', () => {
    for (const value of [1, 2]) {
      const bench = new Bench();
      bench.write(2, 'x', 1);
      const [operation, request] = bench.invoke('read', 'x');
      const [write, written] = bench.invoke('write', 'x', 2);
      bench.apply(3, written);
      bench.witness.completed(operation, request, { type: 'ok', value });
      bench.witness.completed(write, written, { type: 'ok', value: null });
      expect(bench.verdict).toBe('proved');
    }
  });

  it('two reads beside a write see it in order: new, then old, is refused', () => {
    const bench = new Bench();
    bench.write(2, 'x', 1);
    const [, written] = bench.invoke('write', 'x', 2);
    bench.apply(3, written);
    bench.read('x', 2);
    bench.read('x', 1);
    expect(bench.verdict).toBe('open');
    expect(bench.broken).toEqual(['answers-follow-the-log']);
  });

  it('a value that was overwritten before the read began is refuted, whatever the order', () => {
    const bench = new Bench();
    bench.write(2, 'x', 1);
    bench.write(3, 'x', 2);
    bench.read('x', 1);
    expect(bench.verdict).toBe('refuted');
  });

  it('a value that nobody wrote is refuted', () => {
    const bench = new Bench();
    bench.write(2, 'x', 1);
    bench.read('x', 7);
    expect(bench.verdict).toBe('refuted');
    expect(bench.broken[0]).toBe('values-were-written');
  });

  it('a repeated command took effect where it stands first', () => {
    const bench = new Bench();
    const [operation, request] = bench.invoke('write', 'x', 1);
    bench.apply(2, request);
    bench.apply(5, request);
    bench.witness.completed(operation, request, { type: 'ok', value: null });
    bench.read('x', 1);
    expect(bench.verdict).toBe('proved');
  });

  it('what no session protects may take effect twice, and then the log proves nothing and refuses neither answer', () => {
    const bench = new Bench(true, 0);
    const [operation, request] = bench.invoke('cas', 'x', [null, 1]);
    bench.apply(2, request, DONE, 1);
    bench.apply(5, request, { status: 'compare', value: null }, 1);
    bench.witness.completed(operation, request, { type: 'fail', error: 'compare' });
    expect(bench.broken).toEqual([]);
    expect(bench.verdict).toBe('open');
  });

  it('an unknown outcome binds nobody, and may take effect later', () => {
    const bench = new Bench();
    const [operation, request] = bench.invoke('write', 'x', 1);
    const entry = bench.propose(2, request);
    bench.witness.completed(operation, request, { type: 'info', error: 'no answer in time' });
    bench.read('x', null);
    bench.witness.applied(entry, DONE, 1);
    bench.read('x', 1);
    expect(bench.verdict).toBe('proved');
  });

  it('a failure that takes effect, before or after it was told, is none', () => {
    for (const early of [true, false]) {
      const bench = new Bench();
      const [operation, request] = bench.invoke('write', 'x', 1);
      const entry = bench.propose(2, request);
      if (early) bench.witness.applied(entry, DONE, 1);
      bench.witness.completed(operation, request, { type: 'fail', error: 'timed out' });
      if (!early) bench.witness.applied(entry, DONE, 1);
      expect(bench.broken).toEqual(['failures-have-no-effect']);
    }
  });

  it('a compare-and-set that did not match is an answer too, and must be the one of its index', () => {
    const bench = new Bench();
    bench.write(2, 'x', 1);
    const [operation, request] = bench.invoke('cas', 'x', [5, 6]);
    bench.apply(3, request, { status: 'compare', value: null }, 1);
    bench.witness.completed(operation, request, { type: 'fail', error: 'compare' });
    expect(bench.verdict).toBe('proved');
    const [second, asked] = bench.invoke('cas', 'x', [1, 2]);
    bench.apply(4, asked, DONE, 2);
    bench.witness.completed(second, asked, { type: 'fail', error: 'compare' });
    expect(bench.broken).toEqual(['answers-follow-the-log']);
  });

  it('where nothing is promised a stale read is no fault, but it is not proved either', () => {
    const bench = new Bench(false);
    bench.write(2, 'x', 1);
    bench.write(3, 'x', 2);
    bench.read('x', 1);
    expect(bench.broken).toEqual([]);
    expect(bench.verdict).toBe('refuted');
  });
});
