import { WRONG_TYPE } from './errors.ts';
import type { KeyAccess } from './key-access.ts';
import type { Reply } from './reply.ts';
import { compareBytes } from '../utf8.ts';
import type { SortedSetValue } from './value.ts';

export type Members = SortedSetValue['members'];

/** A command that changes nothing leaves no trace in the append-only file. */
export function storeMembers(
  keys: KeyAccess,
  key: string,
  members: Members,
  before: Members,
): void {
  const scores = new Map(before);
  if (
    members.length === before.length &&
    members.every(([member, score]) => Object.is(scores.get(member), score))
  )
    return;
  const sorted = [...members].sort(
    ([a, scoreOfA], [b, scoreOfB]) =>
      // Two infinities of one sign have no difference.
      (scoreOfA === scoreOfB ? 0 : scoreOfA - scoreOfB) || compareBytes(a, b),
  );
  keys.put(key, sorted.length === 0 ? null : { kind: 'sorted-set', members: sorted });
}

export function onSet(
  keys: KeyAccess,
  key: string,
  missing: Reply,
  then: (members: Members) => Reply,
): Reply {
  const members = membersOf(keys, key);
  if (members === null) return WRONG_TYPE;
  return members.length === 0 ? missing : then(members);
}

/** Empty for a missing key, null for one of another type. */
export function membersOf(keys: KeyAccess, key: string): Members | null {
  const value = keys.get(key);
  if (value === undefined) return [];
  return typeof value === 'object' && value.kind === 'sorted-set' ? value.members : null;
}
