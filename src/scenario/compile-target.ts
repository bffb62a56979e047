import type { TargetSelector } from '../sim/faults/fault.ts';
import type { Names } from './names.ts';
import { suggest } from '../protocols/nearest.ts';
import type { Problems } from './problems.ts';
import type { TargetEntry } from './schema.ts';
import type { Path } from './source-map.ts';

/** Words that mean nodes by what they are; no node may be called so. */
export const TARGET_WORDS: readonly string[] = [
  'leader',
  'follower',
  'candidate',
  'followers',
  'servers',
  'clients',
  'minority',
  'majority',
  'all',
];

/** A target as written under `key`, as a selector; what can never mean a node is reported. */
export function compileTarget(
  entry: TargetEntry,
  names: Names,
  problems: Problems,
  path: Path,
  key: string | number,
): TargetSelector {
  const { servers, clients } = names;
  const all = [...servers, ...clients];
  const place = [...path, key];
  if (Array.isArray(entry)) {
    for (const [index, name] of entry.entries())
      if (!all.includes(name))
        problems.add([...place, index], `no node is called "${name}"`, suggest(name, all));
    return { kind: 'nodes', names: entry };
  }
  const random = /^random (\d+)( clients?)?$/.exec(entry);
  if (random !== null) {
    const count = Number(random[1]);
    const [kind, pool, word, suffix] =
      random[2] === undefined
        ? (['random', servers, 'servers', ''] as const)
        : (['random-clients', clients, 'clients', ' clients'] as const);
    if (count < 1 || count > pool.length)
      problems.add(
        place,
        `"${entry}" of ${pool.length} ${word}`,
        pool.length === 0
          ? `add topology.${word}`
          : `write random 1${suffix} to random ${pool.length}${suffix}`,
      );
    return { kind, count };
  }
  switch (entry) {
    case 'leader':
    case 'follower':
    case 'candidate':
      return { kind: 'role', role: entry };
    case 'minority':
      if (servers.length < 3)
        problems.add(
          place,
          `there is no minority of ${servers.length} servers`,
          'name the servers, or raise topology.servers to 3 or more',
        );
      return { kind: 'minority' };
    case 'followers':
      if (servers.length < 2)
        problems.add(place, 'a single server has no followers', 'raise topology.servers');
      return { kind: 'followers' };
    case 'clients':
      if (clients.length === 0) problems.add(place, 'there are no clients', 'add topology.clients');
      return { kind: 'clients' };
    case 'servers':
    case 'majority':
      return { kind: entry };
    case 'all':
      return { kind: 'nodes', names: all };
  }
  if (!all.includes(entry))
    problems.add(
      place,
      `no node is called "${entry}", and it is no target word`,
      suggest(entry, [...all, ...TARGET_WORDS, 'random 1']),
    );
  return { kind: 'nodes', names: [entry] };
}
