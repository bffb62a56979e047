import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/scenario/run-result.ts';
import { AmbientAccessError } from '../../src/sim/engine/guard.ts';
import { property, runToy, WORKLOAD } from './run-toy.ts';

describe("code of a user's protocol", () => {
  it('that throws crashes its node, not the run: the verdict has the stack, the event and the time', () => {
    const result = runToy(['bug: throws', WORKLOAD]);
    const verdict = property(result, 'no-exceptions');
    expect(verdict.verdict).toBe('violated');
    expect(verdict.sentence).toBe('n1 crashed: TypeError: the third write is too much');
    expect(verdict.because[0]).toMatch(/^at ToyServer\.#apply \(.*toy-protocol\.ts:\d+:\d+\)$/);
    expect(verdict.because.at(-1)).toMatch(/^At event \d+, [\d.]+ ms into the run\.$/);
    expect(result.failures[0]?.event).toBe(verdict.event);
    expect(outcomeOf(result.properties)).toBe('failed');
  });

  it('that reads the real clock ends the run, with the stack and the run it was seen in', () => {
    const error = catchError(() => runToy(['bug: reads-the-clock', WORKLOAD], { seed: 's7' }));
    expect(error).toBeInstanceOf(AmbientAccessError);
    expect(error.message).toMatch(
      /^Date\.now used in simulated code.* Seen in toy-run, seed s7, at event \d+\.$/,
    );
    expect(error.stack).toContain('seed s7');
    expect(error.stack).toMatch(/ToyServer\.#apply \(.*toy-protocol\.ts/);
  });

  it('gets real time back after a run that was refused', () => {
    catchError(() => runToy(['bug: reads-the-clock', WORKLOAD]));
    expect(Date.now()).toBeGreaterThan(0);
  });
});

describe('what a run is judged by', () => {
  it('correct code passes', () => {
    const result = runToy([WORKLOAD]);
    expect(result.properties.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['at-most-five-writes', 'holds'],
      ['linearizable', 'holds'],
      ['liveness', 'holds'],
      ['no-exceptions', 'holds'],
    ]);
    expect(outcomeOf(result.properties)).toBe('passed');
  });

  it('an invariant violation stops the run at its event', () => {
    const result = runToy(['bug: counts', WORKLOAD]);
    const verdict = property(result, 'at-most-five-writes');
    expect(verdict.verdict).toBe('violated');
    expect(verdict.sentence).toBe('n1 took write number 6; five are allowed.');
    expect(verdict.event).toBe(result.events);
    expect(property(result, 'liveness').verdict).toBe('inconclusive');
  });

  it('a stale read violates linearizability, told with the names of the clients', () => {
    const verdict = property(runToy(['bug: stale', WORKLOAD]), 'linearizable');
    expect(verdict.verdict).toBe('violated');
    expect(verdict.sentence).toMatch(/^Stale read: c[12] read x = .* after c[12]'s write x := /);
    expect(verdict.operations).toHaveLength(2);
  });

  it('clients that are never served after the heal violate liveness, and prove nothing about the answers', () => {
    const result = runToy(['bug: mute', WORKLOAD]);
    expect(property(result, 'liveness')).toMatchObject({
      verdict: 'violated',
      sentence: '300 ms after all faults were healed, c1, c2 still had no answer to a read',
      because: ['n1 was a register at the end.', 'n2 was a register at the end.'],
    });
    expect(property(result, 'linearizable')).toMatchObject({
      verdict: 'vacuous',
      sentence: expect.stringMatching(/^0 of \d+ operations succeeded; /) as string,
    });
  });

  it('a run cut off by maxEvents leaves liveness open and says how to close it', () => {
    const result = runToy([WORKLOAD, 'maxEvents: 30']);
    expect(property(result, 'liveness')).toMatchObject({
      verdict: 'inconclusive',
      sentence: expect.stringMatching(
        /^the run was stopped at event 30, .* Either some node never goes idle .* maxEvents is too small/,
      ) as string,
    });
  });

  it('a run cut off by maxEvents is not judged when liveness is not asked either', () => {
    const result = runToy([WORKLOAD, 'maxEvents: 30', 'liveness: none']);
    expect(property(result, 'ends')).toMatchObject({ verdict: 'inconclusive' });
    expect(outcomeOf(result.properties)).toBe('inconclusive');
  });

  it('a run in which nobody asks for anything, breaks anything or requires anything is vacuous', () => {
    expect(property(runToy([]), 'coverage')).toMatchObject({ verdict: 'vacuous' });
    const required = runToy(['require: { events: [{ mark: leader }] }']);
    expect(required.properties.map(({ name }) => name)).not.toContain('coverage');
  });

  it('a fault without effect makes the run vacuous, unless it may miss', () => {
    const fault = (more: string): string =>
      `faults: [{ id: f1, kind: isolate, target: n2, at: 50ms, for: 50ms${more} }]`;
    const result = runToy([WORKLOAD, fault('')]);
    expect(property(result, 'faults-bite')).toMatchObject({
      verdict: 'vacuous',
      sentence: 'f1 had no effect: what this run shows does not depend on it.',
      because: ['f1 (isolate) on n2 blocked, killed or changed nothing.'],
    });
    expect(outcomeOf(result.properties)).toBe('inconclusive');
    expect(outcomeOf(runToy([WORKLOAD, fault(', mayMiss: true')]).properties)).toBe('passed');
  });

  it('a fault whose trigger never came is told apart from one that did nothing', () => {
    const faults = 'faults: [{ id: f1, kind: kill, target: n1, when: { mark: leader, node: n2 } }]';
    expect(property(runToy([WORKLOAD, faults]), 'faults-bite').because).toEqual([
      'f1 (kill) never began: its moment or trigger never came.',
    ]);
  });

  it('required operations that never succeeded under a fault make the run vacuous', () => {
    const lines = [
      'workload: { mix: { read: 1 }, think: [1ms, 5ms] }',
      'faults: [{ id: f1, kind: isolate, target: n1, at: 0ms, for: 100ms }]',
      'require: { okDuringFaults: [write] }',
    ];
    expect(property(runToy(lines), 'coverage')).toMatchObject({
      verdict: 'vacuous',
      sentence: 'no write succeeded while a fault was active; the scenario requires it.',
    });
  });
});

describe('declared verdicts', () => {
  it('a declared violation that occurs is a pass', () => {
    const result = runToy(['bug: stale', WORKLOAD, 'properties: { linearizable: violated }']);
    expect(outcomeOf(result.properties)).toBe('passed');
  });

  it('a declared violation that does not occur is a failure', () => {
    const result = runToy([WORKLOAD, 'properties: { linearizable: violated }']);
    expect(outcomeOf(result.properties)).toBe('failed');
  });

  it('a declared violation that nothing in the run could show is vacuous, not a pass', () => {
    const result = runToy([WORKLOAD, 'properties: { coverage: violated }']);
    expect(property(result, 'coverage').verdict).toBe('vacuous');
    expect(outcomeOf(result.properties)).toBe('inconclusive');
  });
});

function catchError(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
