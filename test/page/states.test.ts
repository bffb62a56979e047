import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { conflictingIndexes, logOf } from '../../src/page/model/logs.ts';
import { KeptFields } from '../../src/page/model/kept-fields.ts';
import { SeenFields } from '../../src/report/html/seen-fields.ts';
import { diffFields, type Fields } from '../../src/report/html/state-delta.ts';
import { RaftNode } from '../../src/protocols/raft/node.ts';
import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { readFileSync } from 'node:fs';
import { collected } from './collected-run.ts';

const value = fc.jsonValue({ maxDepth: 2 });
const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'log'), value) as fc.Arbitrary<Fields>;

describe('differences of fields', () => {
  property.prop([fields, fields])('lead from one state to the other', (before, after) => {
    const start = KeptFields.NONE.after(diffFields({}, before) ?? {});
    const reached = start.after(diffFields(before, after) ?? {}).fields();
    expect(JSON.parse(JSON.stringify(start.fields()))).toEqual(JSON.parse(JSON.stringify(before)));
    expect(JSON.parse(JSON.stringify(reached))).toEqual(JSON.parse(JSON.stringify(after)));
  });

  it('of a list that grew say only what was added', () => {
    expect(diffFields({ log: ['1 a', '1 b'] }, { log: ['1 a', '2 c', '2 d'] })).toEqual({
      tail: { log: [1, '2 c', '2 d'] },
    });
  });
});

describe('a long list of a state', () => {
  const cut = fc.record({ keep: fc.nat(6), items: fc.array(fc.constantFrom('1 a', '2 b')) });

  property.prop([fc.array(cut)])('is followed through every growth and every cut', (steps) => {
    const seen = new SeenFields();
    let kept = KeptFields.NONE;
    let list: string[] = [];
    let lineage = {};
    for (const { keep, items } of steps) {
      if (keep < list.length) lineage = {};
      list = [...list.slice(0, keep), ...items];
      const now = list;
      const log = { length: now.length, lineage, at: (index: number) => now[index]! };
      kept = kept.after(seen.change({ fields: {}, lists: { log } }) ?? {});
      expect(kept.fields()).toEqual({ log: list });
    }
  });

  it('that only grew is read only where it grew', () => {
    const seen = new SeenFields();
    const read: number[] = [];
    const list = (length: number) => ({
      log: { length, lineage: list, at: (index: number) => read.push(index) },
    });
    seen.change({ fields: {}, lists: list(3) });
    expect(seen.change({ fields: {}, lists: list(3) })).toBe(null);
    seen.change({ fields: {}, lists: list(5) });
    expect(read).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('states at a row', () => {
  it('are what the servers held at that event when the run is made again up to it', () => {
    const { open, result } = collected('raft/default-faults', '3');
    const { model, states } = open;
    const file = 'scenarios/raft/default-faults.yaml';
    const scenario = compileScenario(readFileSync(file, 'utf8'), file, PROTOCOLS);
    for (let step = 1; step <= 50; step += 1) {
      const event = Math.floor((result.events * step) / 51);
      const { world } = runScenario(scenario, { seed: '3', untilEvent: event });
      const row = model.rowOfEvent(event);
      for (const node of world.servers) {
        const { program, status } = world.simulation.hosts[node]!;
        const { fields: shown, look } = states.at(node, row);
        if (status === 'down' || program === null) {
          expect(look.role).toBe('down');
          continue;
        }
        if (!(program instanceof RaftNode)) throw new TypeError('a server of another protocol');
        const { raft } = program;
        expect([shown['term'], shown['commitIndex'], shown['lastIndex']]).toEqual([
          raft.currentTerm,
          raft.commitIndex,
          raft.log.lastIndex,
        ]);
        expect(shown['log']).toHaveLength(raft.log.size);
      }
    }
  });

  it('show the roles of the story: one leader, then another in a later term', () => {
    const { open } = collected('raft/showcase');
    const leaders = open.model.names.flatMap((name, node) =>
      open.states
        .segments(node)
        .filter(({ look }) => look.role === 'leader')
        .map(({ look }) => `${name} ${look.label}`),
    );
    expect(leaders).toHaveLength(2);
    expect(new Set(leaders.map((text) => text.split(' ')[1])).size).toBe(2);
  });
});

describe('replicated logs side by side', () => {
  it('conflict exactly where nodes hold different entries', () => {
    const log = (node: number, first: number, entries: string[]) =>
      logOf(node, { log: entries, logFirst: first, commitIndex: 0 })!;
    const logs = [log(0, 1, ['1 a', '1 b', '2 c']), log(1, 2, ['1 b', '3 x', '3 y'])];
    expect(conflictingIndexes(logs)).toEqual([3]);
  });
});
