import { CAS, OTHER, READ, WRITE } from './machine.ts';
import type { RegisterActions } from './machine.ts';
import { CRASH, USED } from './open-operations.ts';
import type { OpenOperations } from './open-operations.ts';

/** The register values that a configuration may usefully pass through before the operation that completes. */
class RegisterGoals {
  readonly #register: RegisterActions;
  readonly #values: number[];

  constructor(register: RegisterActions, values: number[]) {
    this.#register = register;
    this.#values = values;
  }

  /** Whether using this action can help; `owed`: it must take effect before its own completion. */
  admits(action: number, owed: boolean): boolean {
    if (this.#values.includes(this.#register.to(action))) return true;
    // A write that nobody looks at is better spared by the write after it; a cas that is owed has no such way out.
    return owed && this.#register.kind(action) === CAS;
  }
}

/**
 * For a register, the values that open operations wait for: what reads and compare-and-sets demand, closed backwards over
 * the compare-and-sets that lead there. Passing through any other value only makes sense to be overwritten at once, and
 * such a configuration is never better than the one without it. `undefined` when everything may help.
 */
export function goalsOf(
  open: OpenOperations,
  data: Int32Array,
  base: number,
  goal: number,
): RegisterGoals | undefined {
  const { words } = open;
  const register = open.machine.register;
  if (register === undefined) return undefined;
  const values: number[] = [];
  const add = (value: number): boolean => {
    if (values.includes(value)) return false;
    values.push(value);
    return true;
  };
  const sources: number[] = [];
  for (const slot of open.pending) {
    const action = open.slotAction[slot]!;
    const kind = register.kind(action);
    const bit = 1 << (slot & 31);
    const used = (data[base + USED + (slot >> 5)]! & bit) !== 0;
    const spared = (data[base + USED + words + (slot >> 5)]! & bit) !== 0;
    if (kind === CAS && !used) sources.push(action);
    if (kind === WRITE || ((used || spared) && slot !== goal)) continue;
    // Free and refused here: the register holds the very value it must differ from, so any change may help.
    if (kind === OTHER) return undefined;
    if (kind === READ || kind === CAS) add(register.from(action));
  }
  const crash = data[base + CRASH]!;
  for (let kind = 0; kind < open.crashActions.length; kind++) {
    const action = open.crashActions[kind]!;
    if (register.kind(action) !== CAS) continue;
    if (open.crash.count(crash, kind) < open.crashAvailable[kind]!) sources.push(action);
  }
  for (let grew = sources.length > 0; grew;) {
    grew = false;
    for (const action of sources)
      if (values.includes(register.to(action)) && add(register.from(action))) grew = true;
  }
  return new RegisterGoals(register, values);
}
