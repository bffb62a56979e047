import type { Disk } from '../../sim/engine/env.ts';
import { ConfigError } from '../protocol.ts';
import type { Entry } from './entry.ts';
import type { SegmentHeader } from './log-replay.ts';

/** The terms of a log from index 1 on: `[1, 1, 4]`. */
export type LogTerms = readonly number[];

/**
 * Checks the `logs:` of a scenario: one log a server, in topology order. They must be logs that a correct cluster could
 * have come to: terms never fall, and two logs with an equal entry are equal up to it.
 * @throws ConfigError
 */
export function parseLogs(value: unknown, serverCount: number): readonly LogTerms[] {
  const refuse = (reason: string, fix: string): never => {
    throw new ConfigError('logs', reason, fix);
  };
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every(isLog))
    return refuse(
      'logs is no list of logs, each a list of terms (whole numbers of 1 or more, never falling)',
      'write one log a server, for example [[1, 1, 2], [1, 1], []]',
    );
  if (value.length > serverCount)
    return refuse(
      `logs names ${value.length} logs for ${serverCount} servers`,
      'remove some, or add servers to the topology',
    );
  const before = new Map<string, number>();
  for (const log of value)
    for (const [at, term] of log.entries()) {
      const entry = `${at + 1}/${term}`;
      const prevTerm = log[at - 1] ?? 0;
      if ((before.get(entry) ?? prevTerm) !== prevTerm)
        return refuse(
          `two logs have an entry of term ${term} at index ${at + 1}, but not the same entry before it`,
          'make logs with an equal entry equal up to it (log matching), or use another term',
        );
      before.set(entry, prevTerm);
    }
  return value;
}

function isLog(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every(
      (term, at) =>
        Number.isSafeInteger(term) &&
        (term as number) >= Math.max(1, (value[at - 1] as number) || 1),
    )
  );
}

/** Puts a server's planted log on its empty disk, as if written earlier; every server has seen the highest term. */
export function plantLog(disk: Disk, logs: readonly LogTerms[], server: number): void {
  disk.put('state', { term: Math.max(...logs.flat(), 0), votedFor: null });
  disk.append('log-0', { baseIndex: 0, baseTerm: 0 } satisfies SegmentHeader);
  const terms = logs[server] ?? [];
  for (const [at, term] of terms.entries())
    disk.append('log-0', {
      index: at + 1,
      term,
      prevTerm: terms[at - 1] ?? 0,
      // A key of its own: no client of the run has written it.
      command: { session: 0, sequence: 0, f: 'write', key: 'planted', value: `${at + 1}/${term}` },
      membership: null,
      timeUs: 0,
    } satisfies Entry);
}
