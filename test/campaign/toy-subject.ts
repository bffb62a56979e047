import {
  readSubject,
  type Protocols,
  type Subject,
} from '../../src/campaign/documents/document.ts';
import { toy } from '../scenario/toy-protocol.ts';

const HEAD: Readonly<Record<string, string>> = {
  name: 'name: toy-run',
  title: 'title: a test',
  protocol: 'protocol: toy',
  topology: 'topology: { servers: 3, clients: 3 }',
  network: 'network: { latency: [1ms, 4ms] }',
  duration: 'duration: 300ms',
  liveness: 'liveness: 300ms',
  workload: 'workload: { mix: { read: 1, write: 1 }, think: [1ms, 5ms] }',
};

/** A campaign's subject of the toy protocol; lines replace those of the default with the same key. */
export function toySubject(lines: readonly string[] = [], protocols: Protocols = { toy }): Subject {
  const kept = Object.entries(HEAD).filter(
    ([key]) => !lines.some((line) => line.startsWith(`${key}:`)),
  );
  const text = [...kept.map(([, line]) => line), ...lines].join('\n');
  return readSubject(text, 'toy-run.yaml', protocols);
}

/** A nemesis that comes and goes often. */
export const NEMESIS = 'nemesis: { profile: default, gap: [10ms, 40ms], for: [10ms, 40ms] }';
