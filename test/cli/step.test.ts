import { beforeEach, describe, expect, it } from 'vitest';
import { runLine } from '../../src/cli/step/commands.ts';
import { stateDiff } from '../../src/cli/step/state-diff.ts';
import { Stepper } from '../../src/cli/step/stepper.ts';
import { PLAIN } from '../../src/report/format.ts';
import { recorded } from '../report/trace/recorded.ts';

const run = recorded('raft/showcase');
let stepper: Stepper;

beforeEach(() => {
  stepper = new Stepper(run, { style: PLAIN, width: Infinity, whole: false });
});

/** Carries out commands and returns what the last one said. */
function says(...commands: readonly string[]): string {
  return commands.map((line) => [...runLine(stepper, line)].join('\n')).at(-1)!;
}

describe('replay --step', () => {
  it('goes forth and back, by one and by many', () => {
    expect(says('step')).toContain('n1 starts');
    expect(says('s 9', 'back 3')).toContain(' 7 ');
    expect(stepper.event).toBe(7);
    expect(says('b 100')).toBe('before the first event');
    expect(() => says('back')).toThrow('this is the beginning');
    expect(() => says('goto 887', 'step')).toThrow('the run ends at event 887');
  });

  it('shows the same event whichever way one came', () => {
    const there = says('goto 300');
    expect(says('step', 'back')).toBe(there);
    expect(says('goto 500', 'goto 300')).toBe(there);
  });

  it('stops where the next fault begins, a role changes, a node acts, an operation goes on, a property breaks', () => {
    expect(says('fault')).toContain('fault begins: cut');
    expect(says('fault')).toContain('fault begins: c1-moves-on');
    expect(says('state')).toContain('⇒ n2: candidate t2');
    expect(says('state n1')).toContain('⇒ n1: follower t2');
    expect(says('goto cut', 'node n3')).toMatch(/n3 /);
    expect(says('op #3')).toContain('c2 asks: read x');
    expect(says('op 3')).toContain('n1 gets ClientRequest');
    expect(says('violation')).toContain('c2 learns: read x ok -> 1');
    expect(says('goto 600', 'v')).toContain('(the violation lies behind, at event 593)');
  });

  it('inspects what an event changed of a node, and all of it', () => {
    const changed = says('goto cut', 'state', 'inspect');
    expect(changed).toContain('n2 (up): candidate t2 log 1..3 commit 3');
    expect(changed).toContain('  - raft.currentTerm: 1\n  + raft.currentTerm: 2');
    expect(changed).not.toContain('raft.commitIndex');
    expect(says('inspect n2 full')).toContain('  raft.commitIndex: 3');
    expect(says('inspect n3')).toContain('this event changed nothing of it');
    expect(() => says('goto 0', 'inspect')).toThrow('nothing has happened yet: step first');
  });

  it('tells why, and what else happened around', () => {
    expect(says('goto cut', 'state', 'why')).toContain(
      'The chain ends at a fault of the schedule.',
    );
    expect(says('goto 100', 'list 2').match(/^ +(98|99|100|101|102) /gm)!.length).toBeGreaterThan(
      4,
    );
    expect(says('faults')).toMatch(/cut .* events 231 to 714 \[n1\]/);
    expect(says('ops')).toContain('#3  events 586 to 593  c2 learns: read x ok -> 1');
  });

  it('what if: the same event while the runs are equal, else where they part; undo comes back', () => {
    const before = says('goto 100', 'what-if cut');
    expect(before).toContain('Without cut the run is the same up to event 230; then');
    expect(before).toContain('linearizable: violated before, holds now');
    expect(before).toContain('You are at the same event of that run');
    expect(stepper.event).toBe(100);
    says('undo', 'violation');
    const after = says('what-if cut');
    expect(after).toContain('Your event is not in that run; this is where they part');
    expect([stepper.event, stepper.where()]).toEqual([
      231,
      expect.stringContaining('what if, 1 deep'),
    ]);
    expect(() => says('violation')).toThrow('no property of this run is violated at a place in it');
    expect(says('undo')).toContain('c2 learns: read x ok -> 1');
    expect(() => says('undo')).toThrow('there was no what-if');
  });

  it.each([
    ['foo', '"foo" is no command: step, back, '],
    ['step x', '"x": expected a whole number of 1 or more'],
    ['node', 'which node?'],
    ['node n9', 'there is no node n9: expected one of n1, n2, n3, n4, n5, c1, c2'],
    ['op 77', '"77": expected an operation of this run, #0 to #5'],
    ['goto 99999', 'there is no event 99999: this run has the events 1 to 887'],
    ['what-if', 'without which fault? This run has cut, c1-moves-on'],
    ['what-if f9', 'what-if f9: this run has no such fault; it has cut, c1-moves-on'],
  ])('%s is refused, and one stays where one is', (line, said) => {
    says('goto 50');
    expect(() => says(line)).toThrow(said);
    expect(stepper.event).toBe(50);
  });

  it('help names every command', () => {
    for (const name of [
      'step',
      'back',
      'fault',
      'state',
      'op',
      'violation',
      'goto',
      'inspect',
      'what-if',
      'quit',
    ])
      expect(says('help')).toContain(name);
  });
});

it('a state is compared leaf by leaf', () => {
  const before = { term: 1, log: { last: 3, entries: ['a'] }, gone: true };
  const after = { term: 2, log: { last: 3, entries: ['a'] }, come: null };
  expect(stateDiff(before, after)).toEqual([
    '- term: 1',
    '+ term: 2',
    '- gone: true',
    '+ come: null',
  ]);
  expect(stateDiff(after, after)).toEqual([]);
});
