import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/protocols/raft/entry.ts';
import { KeyValueMachine } from '../../../src/protocols/raft/state-machine.ts';

let index = 0;
function entry(f: string, value: unknown = null, session = 0, sequence = 0, timeUs = 0): Entry {
  index += 1;
  const command = { session, sequence, f, key: 'x', value };
  return { index, term: 1, prevTerm: 1, command, membership: null, timeUs };
}

function opened(machine: KeyValueMachine, timeUs = 0): number {
  return machine.apply(entry('register', null, 0, 0, timeUs)).value as number;
}

describe('the key-value machine', () => {
  it('starts with nothing, writes, reads and deletes', () => {
    const machine = new KeyValueMachine(0);
    expect(machine.apply(entry('read')).value).toBeNull();
    machine.apply(entry('write', 4));
    expect(machine.apply(entry('read')).value).toBe(4);
    machine.apply(entry('delete'));
    expect(machine.read('x')).toBeNull();
  });

  it('compares and sets, also from nothing', () => {
    const machine = new KeyValueMachine(0);
    expect(machine.apply(entry('cas', [null, 1])).status).toBe('ok');
    expect(machine.apply(entry('cas', [2, 3])).status).toBe('compare');
    expect(machine.apply(entry('cas', [1, 2])).status).toBe('ok');
    expect(machine.read('x')).toBe(2);
  });

  it('appends to strings, and starts a new one on anything else', () => {
    const machine = new KeyValueMachine(0);
    machine.apply(entry('append', 'a'));
    machine.apply(entry('append', 'b'));
    expect(machine.read('x')).toBe('ab');
    machine.apply(entry('write', 7));
    machine.apply(entry('append', 'c'));
    expect(machine.read('x')).toBe('c');
  });

  it('refuses an operation it does not know', () => {
    expect(() => new KeyValueMachine(0).apply(entry('increment'))).toThrow(/increment/);
  });
});

describe('sessions (dissertation §6.3)', () => {
  it('a repeated command takes effect once and is answered as before', () => {
    const machine = new KeyValueMachine(0);
    const session = opened(machine);
    expect(machine.apply(entry('cas', [null, 1], session, 1)).status).toBe('ok');
    expect(machine.apply(entry('cas', [null, 1], session, 1)).status).toBe('ok');
    expect(machine.apply(entry('write', 5, session, 2)).status).toBe('ok');
    expect(machine.apply(entry('cas', [null, 1], session, 1)).status).toBe('sessionExpired');
    expect(machine.read('x')).toBe(5);
  });

  it('a session that nobody opened is refused', () => {
    const machine = new KeyValueMachine(0);
    expect(machine.apply(entry('write', 5, 99, 1)).status).toBe('sessionExpired');
    expect(machine.read('x')).toBeNull();
  });

  it('a session expires by the time in the log, and activity keeps it', () => {
    const machine = new KeyValueMachine(100);
    const idle = opened(machine, 0);
    const busy = opened(machine, 0);
    machine.apply(entry('write', 1, busy, 1, 90));
    machine.apply(entry('write', 2, busy, 2, 180));
    expect(machine.sessionCount).toBe(1);
    expect(machine.apply(entry('write', 3, idle, 1, 181)).status).toBe('sessionExpired');
  });

  it('time never runs backwards, whatever a new leader has for a clock', () => {
    const machine = new KeyValueMachine(100);
    const session = opened(machine, 1_000);
    expect(machine.apply(entry('write', 1, session, 1, 0)).status).toBe('ok');
    expect(machine.sessionCount).toBe(1);
  });

  it('saved and restored, a machine is the same: values, sessions, clock and hash', () => {
    const machine = new KeyValueMachine(100);
    const session = opened(machine, 50);
    machine.apply(entry('write', { a: [1] }, session, 1, 60));
    const copy = new KeyValueMachine(100);
    copy.restore(machine.save());
    expect(copy.stateHash).toBe(machine.stateHash);
    expect(copy.save()).toEqual(machine.save());
    const next = entry('write', 'later', session, 1, 70);
    expect(copy.apply(next)).toEqual(machine.apply(next));
  });

  it('the hash tells states apart, not ways to them', () => {
    const one = new KeyValueMachine(0);
    const other = new KeyValueMachine(0);
    one.apply(entry('write', 1));
    one.apply(entry('write', 2));
    other.apply(entry('write', 2));
    expect(one.stateHash).toBe(other.stateHash);
    other.apply(entry('write', 3));
    expect(one.stateHash).not.toBe(other.stateHash);
  });
});
