import type { Membership } from './membership.ts';

/** What a client asks the state machine to do. `session` is 0 when sessions are off, or for `register` itself. */
export interface Command {
  readonly session: number;
  /** Counts the client's operations within the session, from 1. */
  readonly sequence: number;
  readonly f: string;
  readonly key: string;
  readonly value: unknown;
}

/** One log entry; made once by a leader, then shared by reference between all logs and disks, never changed. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  /** Null for the blank entry at a term's start (Raft §8) and for a membership entry. */
  readonly command: Command | null;
  readonly membership: Membership | null;
  /** The proposing leader's wall clock; the state machine's only notion of time (session expiry). */
  readonly timeUs: number;
}

/** True when two entries carry the same content; a copied entry is as good as the shared one. */
export function sameEntry(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  return (
    a.index === b.index &&
    a.term === b.term &&
    a.timeUs === b.timeUs &&
    sameCommand(a.command, b.command) &&
    JSON.stringify(a.membership) === JSON.stringify(b.membership)
  );
}

function sameCommand(a: Command | null, b: Command | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return (
    a.session === b.session &&
    a.sequence === b.sequence &&
    a.f === b.f &&
    a.key === b.key &&
    JSON.stringify(a.value) === JSON.stringify(b.value)
  );
}

/** An entry in words: `write x 7`, `no-op`, `membership`. */
export function describeEntry(entry: Entry): string {
  if (entry.membership !== null) return 'membership';
  if (entry.command === null) return 'no-op';
  const { f, key, value } = entry.command;
  return value === null || value === undefined ? `${f} ${key}` : `${f} ${key} ${JSON.stringify(value)}`;
}
