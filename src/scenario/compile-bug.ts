import type { ProtocolDefinition } from '../protocols/protocol.ts';
import { suggest } from '../protocols/nearest.ts';
import type { Problems } from './problems.ts';
import type { ScenarioFile } from './schema.ts';

/** The planted bug of a scenario; several, joined by `+`, where the protocol can combine them. */
export function compileBug(
  { bug }: ScenarioFile,
  protocol: ProtocolDefinition,
  problems: Problems,
): string | null {
  if (bug === undefined) return null;
  const ids = typeof bug === 'string' ? [bug] : bug;
  const known = protocol.bugs.map((definition) => definition.id);
  for (const [index, id] of ids.entries())
    if (!known.includes(id))
      problems.add(
        typeof bug === 'string' ? ['bug'] : ['bug', index],
        `${protocol.name} has no planted bug "${id}"`,
        suggest(id, known),
      );
  if (ids.length > 1 && ids.every((id) => known.includes(id)))
    refuseConflict(ids, protocol, problems);
  return ids.join('+');
}

function refuseConflict(
  ids: readonly string[],
  protocol: ProtocolDefinition,
  problems: Problems,
): void {
  if (protocol.bugConflict === undefined)
    problems.add(['bug'], `${protocol.name} plants one bug at a time`, `write bug: ${ids[0]!}`);
  else if (new Set(ids).size < ids.length)
    problems.add(['bug'], 'a bug is named twice', 'name each once');
  else {
    const conflict = protocol.bugConflict(ids);
    if (conflict !== null)
      problems.add(['bug'], conflict, `plant one at a time: write bug: ${ids[0]!}`);
  }
}
