import { describe, expect, it } from 'vitest';

import { LockJudge } from '../../../src/protocols/locks/lock-judge.ts';

/** A judge with a clock that is set by hand; `found` are the invariants it reported, in order. */
function court(judgeBelief = true) {
  const found: string[] = [];
  let nowUs = 0;
  const endsUs = new Map<string, number>();
  /** The service ends a grant. */
  const ends = (id: string, us: number): void => {
    endsUs.set(id, us);
  };
  const judge = new LockJudge(
    () => nowUs,
    (id) => `c${id}`,
    ({ invariant }) => found.push(invariant),
    judgeBelief,
    ({ id }) => endsUs.get(id) ?? null,
  );
  const grant = (client: number, token: number | null = null, stands = true): string => {
    const id = `grant ${client}`;
    judge.granted({ id, key: 'x', client, token }, stands);
    return id;
  };
  const write = (grantId: string, value: number): void => {
    judge.resourceApplied({ type: 'ResourceWrite', key: 'x', value, token: null, grant: grantId });
  };
  const at = (us: number): void => {
    nowUs = us;
  };
  return { judge, found, grant, write, at, ends };
}

/** A grant to read, of the client whose grant to write it goes on from. */
const readerFrom = (writer: string) => ({
  id: 'read 1',
  key: 'x',
  client: 1,
  token: null,
  shared: true,
  continues: writer,
});

describe('the judge of locks', () => {
  it('has nothing to say about holders one after the other', () => {
    const { judge, found, grant, write } = court();
    for (const client of [1, 2]) {
      const id = grant(client, client);
      judge.resourceRead('x', id);
      write(id, client);
      judge.beliefEnded(id);
    }
    expect(found).toEqual([]);
  });

  it('lets a writer hold to read as well, and reports who writes before it ends', () => {
    const { judge, found, grant, write } = court();
    const writer = grant(1);
    write(writer, 1);
    judge.granted(readerFrom(writer));
    judge.beliefEnded(writer);
    expect(found).toEqual([]);
    const next = grant(2);
    write(next, 2);
    judge.beliefEnded('read 1');
    expect(found).toEqual(['mutual-exclusion-belief', 'downgrade-keeps-the-write']);
  });

  it('does not say that a writer was kept out by a lock to read that the service had ended', () => {
    const { judge, found, grant, write, ends } = court(false);
    const writer = grant(1);
    write(writer, 1);
    judge.granted(readerFrom(writer));
    judge.beliefEnded(writer);
    write(grant(2), 2);
    ends('read 1', 0);
    judge.beliefEnded('read 1');
    expect(found).toEqual([]);
  });

  it('reports two believers, unless belief is not judged', () => {
    const { found, grant } = court();
    grant(1);
    grant(2);
    expect(found).toEqual(['mutual-exclusion-belief']);
    const blind = court(false);
    blind.grant(1);
    blind.grant(2);
    expect(blind.found).toEqual([]);
  });

  it('measures how long a client believed after the service had ended its grant', () => {
    const { judge, found, grant, at, ends } = court();
    const id = grant(1);
    at(9_000);
    ends(id, 2_000);
    judge.beliefEnded(id);
    expect(found).toEqual(['belief-within-grant']);
    expect(judge.measures.overrunUs).toBe(7_000);
  });

  it('judges a belief that goes on when the run ends as far as it went', () => {
    const { judge, found, grant, at, ends } = court();
    const ended = grant(1);
    grant(2);
    at(9_000);
    ends(ended, 2_000);
    judge.ended();
    expect(found).toEqual(['mutual-exclusion-belief', 'belief-within-grant']);
    expect(judge.measures.overrunUs).toBe(7_000);
    expect(judge.timeline.holds).toMatchObject([
      { client: 1, beliefEndUs: null, grantEndUs: 2_000 },
      { client: 2, beliefEndUs: null, grantEndUs: null },
    ]);
  });

  it("reports a write in the middle of another's critical section, and the update that it loses", () => {
    const { judge, found, grant, write } = court(false);
    const first = grant(1);
    judge.resourceRead('x', first);
    const second = grant(2);
    judge.resourceRead('x', second);
    write(second, 1);
    write(first, 1);
    expect(found).toEqual(['mutual-exclusion-effect', 'no-lost-update']);
  });

  it('wants tokens to rise, of grants that stand when the client hears of them', () => {
    const { found, grant } = court(false);
    grant(1, 7);
    grant(2, 5, false);
    expect(found).toEqual([]);
    grant(3, 7);
    expect(found).toEqual(['token-monotone']);
  });
});
