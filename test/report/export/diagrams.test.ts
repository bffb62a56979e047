import { describe, expect, it } from 'vitest';
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { escapeText } from '../../../src/report/export/mermaid.ts';
import { Causes } from '../../../src/report/trace/causes.ts';
import { violationRow } from '../../../src/report/trace/violation-row.ts';
import { recorded } from '../trace/recorded.ts';
import { parseDot } from './dot-grammar.ts';
import { BUSY, exported, HOSTILE, HOSTILE_STALE, STALE, toyRun } from './export-text.ts';
import { parseMermaid } from './mermaid-grammar.ts';

describe('the Mermaid diagram', () => {
  it('shades partitions, crosses out losses, and shows the operations of the violation', () => {
    const { text, notes } = exported(recorded('raft/showcase'), 'mermaid');
    const { participants, messages, rects, notes: shown } = parseMermaid(text);
    expect(participants).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'c1', 'c2']);
    expect(rects).toBe(1);
    expect(messages.filter(({ lost }) => lost).length).toBeGreaterThan(0);
    expect(shown.some(({ text: note }) => note.includes('c2 learns: read x ok -> 1'))).toBe(true);
    expect(notes[0]).toMatch(/^mermaid: shown: \d+ of 978 messages/);
    expect(shown.at(-1)!.text).toMatch(/^shown: \d+ of 978 messages, \d+ of \d+ other steps$/);
  });

  it('has at most 60 messages, far below what Mermaid takes, and says what it leaves out', () => {
    const { text, notes } = exported(recorded('raft/default-faults'), 'mermaid');
    expect(parseMermaid(text).messages).toHaveLength(60);
    expect(text.length).toBeLessThan(50_000);
    expect(notes).toHaveLength(1);
    expect(
      parseMermaid(exported(recorded('raft/showcase'), 'mermaid', { max: 3 }).text).messages,
    ).toHaveLength(3);
  });

  it('leaves nothing out of a small run, and then says nothing', () => {
    const run = toyRun(...STALE);
    const { text, notes } = exported(run, 'mermaid');
    expect(parseMermaid(text).messages).toHaveLength(run.result.messages.delivered);
    expect(notes).toEqual([]);
  });

  it('hostile text stays text', () => {
    const { text } = exported(toyRun(...HOSTILE_STALE), 'mermaid');
    const { messages, rects, notes } = parseMermaid(text);
    expect(messages.length).toBeGreaterThan(0);
    expect(rects).toBe(0);
    expect(notes.some(({ text: note }) => note.includes('</script>'))).toBe(true);
  });

  test.prop([fc.string({ unit: 'binary' })])('any text is one statement', (text) => {
    const line = escapeText(text);
    const diagram = `sequenceDiagram\n  participant p0 as n1\n  Note over p0: ${line}\n`;
    expect(parseMermaid(diagram).notes).toHaveLength(1);
    expect(line).not.toMatch(/[<>"]|%%|\bend\b/i);
  });
});

describe('the DOT graph', () => {
  it('of the past of the violation has its causes as edges, and the event itself', () => {
    const run = recorded('raft/showcase');
    const { text, notes } = exported(run, 'dot');
    const { nodes, edges, subgraphs } = parseDot(text);
    const row = violationRow(run);
    expect(nodes.get(`r${row}`)).toMatchObject({ penwidth: '3' });
    expect(edges).toContainEqual({
      from: `r${new Causes(run).causeOf(row)}`,
      to: `r${row}`,
      attributes: {},
    });
    for (const { from, to } of edges) {
      expect(nodes.has(from) && nodes.has(to)).toBe(true);
      expect(Number(from.slice(1))).toBeLessThan(Number(to.slice(1)));
    }
    expect(subgraphs).toContain('cluster_n1');
    expect(nodes.size).toBe(201);
    expect(notes[0]).toMatch(
      /^dot: the nearest 200 of the past of event 593; [\d,]+ rows before them are left out$/,
    );
  });

  it('of a small run has its whole past, and no note of something left out', () => {
    const run = toyRun(...STALE);
    const { text, notes } = exported(run, 'dot');
    expect(notes).toEqual([]);
    expect(parseDot(text).nodes.has('left')).toBe(false);
  });

  it("of the anomaly has a cycle, each edge with its reason in Elle's words", () => {
    const { nodes, edges } = parseDot(
      exported(recorded('raft/showcase'), 'dot', { graph: 'anomaly' }).text,
    );
    expect([...nodes.keys()]).toEqual(['op0', 'op2', 'op3']);
    const labels = edges.map(({ from, to, attributes }) => `${from} ${attributes['label']} ${to}`);
    expect(labels).toEqual(['op0 rt op2', 'op2 rt op3', 'op0 wr op3', 'op3 rw op2']);
    expect(edges.at(-1)!.attributes['tooltip']).toBe('#3 found a value from before #2');
  });

  it("of the servers' roles counts how often they changed", () => {
    const { nodes, edges } = parseDot(
      exported(recorded('raft/showcase'), 'dot', { graph: 'states' }).text,
    );
    expect([...nodes.keys()]).toEqual(['down', 'follower', 'candidate', 'leader']);
    expect(edges).toContainEqual({ from: 'candidate', to: 'leader', attributes: { label: '2x' } });
  });

  it.each(['cone', 'anomaly', 'states'] as const)('%s: hostile text stays text', (graph) => {
    for (const lines of [HOSTILE_STALE, BUSY]) {
      const { text } = exported(toyRun(...lines), 'dot', { graph });
      expect(() => parseDot(text)).not.toThrow();
    }
    expect(HOSTILE).toContain('|{}');
  });
});
