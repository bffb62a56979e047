import type { NodeId } from '../../sim/engine/env.ts';

/**
 * Who takes part. While `outgoing` is not null the cluster is in joint consensus (Raft §6): every decision needs a
 * majority of `voters` and a majority of `outgoing`. Learners receive the log but never vote and never count.
 */
export interface Membership {
  readonly voters: readonly NodeId[];
  readonly outgoing: readonly NodeId[] | null;
  readonly learners: readonly NodeId[];
}

export function isVoter(membership: Membership, id: NodeId): boolean {
  return membership.voters.includes(id) || (membership.outgoing?.includes(id) ?? false);
}

export function isMember(membership: Membership, id: NodeId): boolean {
  return isVoter(membership, id) || membership.learners.includes(id);
}

/** Every member once, ascending. */
export function members(membership: Membership): NodeId[] {
  const all = new Set([
    ...membership.voters,
    ...(membership.outgoing ?? []),
    ...membership.learners,
  ]);
  return [...all].sort((a, b) => a - b);
}

/** True when both name the same servers in the same roles. */
export function sameMembership(a: Membership, b: Membership): boolean {
  if (a === b) return true;
  return (
    sameIds(a.voters, b.voters) &&
    sameIds(a.learners, b.learners) &&
    (a.outgoing === null || b.outgoing === null
      ? a.outgoing === b.outgoing
      : sameIds(a.outgoing, b.outgoing))
  );
}

function sameIds(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

/** How many voters differ between two voter sets, joins and leaves together. */
export function voterDistance(before: readonly NodeId[], after: readonly NodeId[]): number {
  const left = before.filter((id) => !after.includes(id)).length;
  const joined = after.filter((id) => !before.includes(id)).length;
  return left + joined;
}

export function describeMembership(membership: Membership, nameOf: (id: NodeId) => string): string {
  const list = (ids: readonly NodeId[]): string => `{${ids.map(nameOf).join(' ')}}`;
  const joint = membership.outgoing === null ? '' : ` and ${list(membership.outgoing)}`;
  const learners = membership.learners.length === 0 ? '' : ` learners ${list(membership.learners)}`;
  return `${list(membership.voters)}${joint}${learners}`;
}
