import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { lockPicture } from '../../src/report/lock-picture.ts';
import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';

function picture(family: string, name: string): string[] {
  const file = new URL(`../../scenarios/${family}/${name}.yaml`, import.meta.url);
  return pictureOf(readFileSync(file, 'utf8'));
}

function pictureOf(text: string): string[] {
  const scenario = compileScenario(text, 's.yaml', PROTOCOLS);
  const result = runScenario(scenario, { seed: '1', trace: 'full' });
  return lockPicture(result, { color: false, ascii: false });
}

const rowOf = (lines: readonly string[], client: string): string =>
  lines.find((line) => line.startsWith(`  ${client} `))!;

it('shows a holder that sleeps through its lease: it holds, believes wrongly, and does harm; the other waits and writes', () => {
  const lines = picture('redlock', 'kleppmann-gc-pause');
  expect(rowOf(lines, 'c1')).toMatch(/c1 +=+!+X/);
  expect(rowOf(lines, 'c2')).toMatch(/c2 +·+=*w/);
  expect(rowOf(lines, 'faults')).toMatch(/\*{20,}/);
});

it('shows that two hold at once when a clock has jumped, only one of them with the nodes behind it', () => {
  const lines = picture('redlock', 'kleppmann-clock-jump');
  const [first, second] = ['c1', 'c2'].map((client) => rowOf(lines, client));
  const write = second!.indexOf('w');
  expect(first![write]).toBe('!');
});

it('shows that the write of the holder that slept was refused', () => {
  expect(rowOf(picture('redlock', 'kleppmann-gc-pause-fenced'), 'c1')).toMatch(/=+!+r/);
});

it('shows no wrong belief where the recipe stops in time', () => {
  const lines = picture('zookeeper', 'zk-session-lost');
  expect(lines.join('\n')).not.toMatch(/^ {2}c\d .*!/m);
});

it('shows what is still held when the run stops: wrongly by the first, rightly by the second', () => {
  const lines = pictureOf(`
name: t
title: two clocks jump, and the run stops at the second grant
protocol: redlock
topology: { servers: [r1, r2, r3, r4, r5, store], clients: 2 }
config: { hold: [1s, 3s] }
duration: 12s
workload: { mix: { increment: 1 } }
faults:
  - { id: j1, at: 1s, kind: clock-step, target: r1, by: 11s }
  - { id: j2, at: 1s, kind: clock-step, target: r2, by: 11s }
`);
  expect(rowOf(lines, 'c1')).toMatch(/c1 +=+!+$/);
  expect(rowOf(lines, 'c2')).toMatch(/c2 +·+=$/);
  const jump = rowOf(lines, 'faults').indexOf('*');
  expect(rowOf(lines, 'c1').indexOf('!')).toBe(jump);
});

it('says nothing of what is no lock service', () => {
  expect(picture('raft', 'showcase')).toEqual([]);
});
