import type { BugDefinition, BugSetup } from './protocol.ts';

/** One bug: what it is, and the classes that have it instead of the correct ones. */
export interface PlantedBug<Classes> {
  readonly definition: BugDefinition;
  readonly classes: Partial<Classes>;
}

/** A bug with its facts in one row: see {@link BugDefinition}. `needs`: the faults or circumstances, in words. */
export function bug<Classes>(
  id: string,
  mutation: string,
  source: string,
  caughtBy: readonly string[],
  needs: string | readonly string[],
  rarity: BugDefinition['rarity'],
  classes: Partial<Classes>,
  setup?: BugSetup,
): PlantedBug<Classes> {
  const facts = {
    id,
    mutation,
    source,
    caughtBy,
    needs: typeof needs === 'string' ? [needs] : needs,
    rarity,
  };
  return { definition: setup === undefined ? facts : { ...facts, setup }, classes };
}

/** The bug of this id. @throws RangeError for an unknown one */
export function findBug<Classes>(
  protocol: string,
  planted: readonly PlantedBug<Classes>[],
  id: string,
): PlantedBug<Classes> {
  const found = planted.find(({ definition }) => definition.id === id);
  if (found === undefined)
    throw new RangeError(
      `${protocol} has no planted bug "${id}"; known: ${planted.map(({ definition }) => definition.id).join(', ')}`,
    );
  return found;
}

/** The classes to run: the correct ones, or those with the bug planted. @throws RangeError for an unknown bug */
export function classesWith<Classes>(
  protocol: string,
  planted: readonly PlantedBug<Classes>[],
  correct: Classes,
  id: string | null,
): Classes {
  return id === null ? correct : { ...correct, ...findBug(protocol, planted, id).classes };
}
