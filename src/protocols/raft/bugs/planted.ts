import type { BugDefinition } from '../../protocol.ts';
import type { RaftClient } from '../client.ts';
import type { RaftClass } from '../node.ts';

/** One bug: what it is, and the class that has it. */
export interface PlantedBug {
  readonly definition: BugDefinition;
  readonly core?: RaftClass;
  readonly client?: typeof RaftClient;
}

/** A bug of the server: `facts` in the words of {@link BugDefinition}, `core` overrides one rule of the correct code. */
export function serverBug(facts: BugDefinition, core: RaftClass): PlantedBug {
  return { definition: facts, core };
}
