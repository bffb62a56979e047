import type { PlantedBug } from '../../planted.ts';
import type { RaftClass, RaftClasses } from '../node.ts';

type RaftBug = PlantedBug<RaftClasses>;

/** The rules that a bug overrides: the methods that its class has beyond the correct code's. */
function rulesOf({ classes: { core } }: RaftBug): string[] {
  if (core === undefined) return [];
  return Object.getOwnPropertyNames(core.prototype).filter((name) => name !== 'constructor');
}

/** Private fields are visible in the text of a class only; they are made by its own constructor. */
function keepsState({ classes: { core } }: RaftBug): boolean {
  return core !== undefined && /#\w/.test(Function.prototype.toString.call(core));
}

/** Why these bugs cannot be planted together, or null. */
export function conflictOf(bugs: readonly RaftBug[]): string | null {
  const ids = new Map<string, string>();
  for (const bug of bugs) {
    const { id } = bug.definition;
    for (const rule of bug.classes.client === undefined ? rulesOf(bug) : ['the client']) {
      const other = ids.get(rule);
      if (other !== undefined)
        return `the bugs "${other}" and "${id}" override the same rule, ${rule}: only one of them would be there`;
      ids.set(rule, id);
    }
  }
  const [first, second] = bugs.filter(keepsState);
  if (first === undefined || second === undefined) return null;
  return `the bugs "${first.definition.id}" and "${second.definition.id}" both keep state of their own, which cannot be combined`;
}

/** The correct code with all these bugs; they must not be in conflict. */
export function combine(bugs: readonly RaftBug[], correct: RaftClass): RaftClass {
  const cores = [...bugs]
    .sort((a, b) => Number(keepsState(b)) - Number(keepsState(a)))
    .flatMap(({ classes: { core } }) => (core === undefined ? [] : [core]));
  const [base = correct, ...others] = cores;
  if (others.length === 0) return base;
  const Combined = class extends base {};
  for (const { prototype } of others)
    for (const name of Object.getOwnPropertyNames(prototype))
      if (name !== 'constructor')
        Object.defineProperty(
          Combined.prototype,
          name,
          Object.getOwnPropertyDescriptor(prototype, name)!,
        );
  return Combined;
}
