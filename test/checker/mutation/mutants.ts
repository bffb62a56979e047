/**
 * A rule of an algorithm taken out: the text that states it, and what stands in its place. Rules that random histories
 * hardly ever need have tests of their own: `dominance.test.ts`, `rare-orders.test.ts`,
 * `queue-monitor.test.ts`.
 */
export interface Mutant {
  readonly rule: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const engine = 'checker/search/engine.ts';
const dominance = 'checker/search/dominance.ts';
const goals = 'checker/search/register-goals.ts';
const zones = 'checker/zones/zone-check.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    rule: 'only operations that are possible in every state are spared by an overwrite',
    file: engine,
    from: 'if (this.machine.isTotal(action) && !this.machine.isPure(action))',
    to: 'if (!this.machine.isPure(action))',
  },
  {
    rule: 'an overwrite spares only if it is blind',
    file: engine,
    from: 'if (machine.isBlind(action))\n',
    to: 'if (!machine.isPure(action))\n',
  },
  {
    rule: 'a spared operation may still be used at its own completion',
    file: engine,
    from: 'if (wasUsed || this.machine.isPure(this.slotAction[goal]!)) return;',
    to: 'return;',
  },
  {
    rule: 'after the completing operation was spared on the way, it may still be used',
    file: engine,
    from: 'const added = this.#open.add(config, 0);',
    to: 'const added = goalSpared ? -1 : this.#open.add(config, 0);',
  },
  {
    rule: 'of equal operations only the one that must complete earlier takes precedence',
    file: engine,
    from: 'this.slotDeadline[other]! < this.slotDeadline[slot]!',
    to: 'other !== slot',
  },
  {
    rule: 'no more crashed operations are used than were invoked',
    file: engine,
    from: 'this.crash.count(crash, kind) >= this.crashAvailable[kind]!',
    to: 'this.crash.count(crash, kind) > this.crashAvailable[kind]!',
  },
  {
    rule: 'a used operation is not used again',
    file: engine,
    from: 'if ((this.#open.data[base + USED + word]! & bit) !== 0) continue;\n      const action',
    to: 'if (this.#open.count > 60) return;\n      const action',
  },
  {
    rule: 'dominance: spared is better than free and used',
    file: dominance,
    from: '(sparedB & ~sparedA) | ',
    to: '',
  },
  {
    rule: 'dominance: free is not better than used',
    file: dominance,
    from: ' | (usedB & ~(usedA | sparedA))',
    to: '',
  },
  {
    rule: 'dominance: only within one state',
    file: dominance,
    from: 'data[base + STATE] !== state || ',
    to: '',
  },
  {
    rule: 'goals: the way to a value may lead over several compare-and-sets',
    file: goals,
    from: 'let grew = sources.length > 0',
    to: 'let grew = false',
  },
  {
    rule: 'goals: a compare-and-set that is owed may be used whatever it leaves',
    file: goals,
    from: 'return owed && this.#register.kind(action) === CAS;',
    to: 'return false;',
  },
  {
    rule: 'goals: to be refused, a compare-and-set needs any other value',
    file: goals,
    from: 'if (kind === OTHER) return undefined;',
    to: '',
  },
  {
    rule: 'goals: other operations that wait have goals, too',
    file: goals,
    from: 'if (kind === WRITE || ((used || spared) && slot !== goal)) continue;',
    to: 'if (kind === WRITE || slot !== goal) continue;',
  },
  {
    rule: 'goals: a crashed compare-and-set may lead to the value',
    file: goals,
    from: 'if (register.kind(action) !== CAS) continue;',
    to: 'continue;',
  },
  {
    rule: 'zones: forward zones do not overlap, backward ones are not inside',
    file: zones,
    from: 'if (heldUntil[o]! > f) {',
    to: 'if (false) {',
  },
  {
    rule: 'zones: forward zones do not overlap',
    file: zones,
    from: 'if (heldUntil[o]! > f) {',
    to: 'if (heldUntil[o]! > f && f > lastBegin[w]!) {',
  },
  {
    rule: 'zones: a backward zone does not lie inside a forward one',
    file: zones,
    from: 'if (heldUntil[o]! > f) {',
    to: 'if (heldUntil[o]! > f && f < lastBegin[w]!) {',
  },
  {
    rule: 'zones: the initial value is a write before everything',
    file: zones,
    from: 'const heldUntil = initialLastBegin.slice();',
    to: 'const heldUntil = new Int32Array(objects).fill(-1);',
  },
  {
    rule: 'zones: no read ends before its write begins',
    file: zones,
    from: 'if (end < invoke[w]! && end < violationAt) {',
    to: 'if (false) {',
  },
  {
    rule: 'zones: a value that is read was written',
    file: zones,
    from: '} else if (end < violationAt) {',
    to: '} else if (false) {',
  },
  {
    rule: 'zones: the first completion of a cluster may be a read',
    file: zones,
    from: 'if (end < firstEnd[w]!) firstEnd[w] = end;',
    to: '',
  },
  {
    rule: 'zones: the last invocation of a cluster may be a read',
    file: zones,
    from: 'if (begin > lastBegin[w]!) lastBegin[w] = begin;',
    to: '',
  },
  {
    rule: 'zones: values written twice are left to the search',
    file: 'checker/zones/writer-table.ts',
    from: 'if (object[other] === object[write]) return false;',
    to: 'if (object[other] === object[write]) return true;',
  },
  {
    rule: 'a failed write did not happen',
    file: 'checker/compile/compile-registers.ts',
    from: 'if (status === FAIL) continue;\n      kind[i] = WRITE;',
    to: 'kind[i] = WRITE;',
  },
  {
    rule: 'a refused compare-and-set tells something',
    file: 'checker/compile/compile-registers.ts',
    from: 'if (status === FAIL && !refused) continue;',
    to: 'if (status === FAIL) continue;',
  },
  {
    rule: 'a failed operation of any other model did not happen',
    file: 'checker/compile/search-tasks.ts',
    from: 'if (model.refuses?.(call, op.error, dialect) !== true) continue;',
    to: '',
  },
  {
    rule: 'queue: no value comes out twice',
    file: 'checker/monitors/queue-monitor.ts',
    from: 'if (passage.dequeue >= 0)\n',
    to: 'if (false)\n',
  },
  {
    rule: 'queue: no value comes out before it went in',
    file: 'checker/monitors/queue-monitor.ts',
    from: 'passage === undefined || end(i) < begin(passage.enqueue)',
    to: 'passage === undefined',
  },
  {
    rule: 'queue: values come out in the order in which they went in',
    file: 'checker/monitors/queue-monitor.ts',
    from: 'disorder(held, begin, end) ??',
    to: '',
  },
  {
    rule: 'queue: it is not empty while something is inside',
    file: 'checker/monitors/queue-monitor.ts',
    from: 'falseEmpty(held, empties, begin, end) ??',
    to: '',
  },
];
