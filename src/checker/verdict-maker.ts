import { NEVER } from '../history/history.ts';
import type { History } from '../history/history.ts';
import type { RegisterColumns } from './compile/compile-registers.ts';
import type { ObjectTask } from './compile/search-tasks.ts';
import { explainViolation } from './core/explain-violation.ts';
import type { Settled } from './core/explain-violation.ts';
import { minimalCore } from './core/minimal-core.ts';
import type { Core } from './core/minimal-core.ts';
import type { PortfolioResult } from './search/portfolio.ts';
import type { Inconclusive, Verdict } from './verdict.ts';
import type { ZoneResult, ZoneViolation } from './zones/zone-check.ts';

/** Functions that a core does without if it can: it is the acquires that name a broken lock. */
const LESS_TELLING: readonly string[] = ['release', 'unlock'];

/** Collects what the procedures found about each object and words the verdict. */
export class VerdictMaker {
  readonly #history: History;
  readonly #model: string;
  #zoneObjects = 0;
  #repeated = 0;
  #cas = 0;
  #work = 0;
  readonly #reasons = new Set<string>();
  readonly #searches = new Map<string, number>();
  #inconclusive: Inconclusive | undefined;
  readonly #orders: (readonly number[])[] = [];

  constructor(history: History, model: string) {
    this.#history = history;
    this.#model = model;
  }

  /** The zone check has judged every register that is not in `zones.unjudged`. */
  zonesJudged(registers: RegisterColumns, zones: ZoneResult): void {
    const used = new Uint8Array(registers.objects);
    for (const object of registers.object) used[object] = 1;
    for (let object = 0; object < used.length; object++) {
      if (used[object] === 0) continue;
      const reason = zones.unjudged.get(object);
      if (reason === undefined) this.#zoneObjects++;
      else if (reason === 'cas') this.#cas++;
      else this.#repeated++;
    }
  }

  /** One object was judged by a procedure of its own. */
  judgedBy(procedure: string): void {
    this.#searches.set(procedure, (this.#searches.get(procedure) ?? 0) + 1);
  }

  /** A faster procedure did not apply to one object. */
  fallsBack(because: string): void {
    this.#reasons.add(because);
  }

  searched(object: ObjectTask, result: PortfolioResult): void {
    this.#work += result.work;
    this.judgedBy(`${result.by} search`);
    if (result.outcome === 'linearizable' && result.order !== undefined)
      this.ordered(result.order.map((i) => object.task.op[i]!));
    if (result.outcome !== 'exhausted' || this.#inconclusive !== undefined) return;
    this.#inconclusive = {
      object: object.name,
      provenOperations: result.provenReturns,
      operations: object.task.op.length,
      resource: result.resource,
      spent: result.work,
      open: result.open,
      crashed: result.crashed,
      configurations: result.configurations,
      advice: adviceFor(result.resource, result.open, result.crashed),
    };
  }

  /** An order of one object's operations that explains every answer. */
  ordered(order: readonly number[]): void {
    this.#orders.push(order);
  }

  /** A few operations of one object that are violated by themselves; `members` are all operations of the object. */
  violatedFor(object: ObjectTask, members: Int32Array): Verdict {
    const { complete } = object.task;
    const known = [...complete.keys()].filter((i) => complete[i] !== NEVER);
    const failed = known.reduce((a, b) => (complete[b]! > complete[a]! ? b : a));
    return this.violated(object, failed, known, undefined, members);
  }

  violated(
    object: ObjectTask,
    failed: number,
    candidates?: readonly number[],
    zone?: ZoneViolation,
    members = object.task.op,
  ): Verdict {
    const { f, functions } = this.#history.columns;
    const core = minimalCore(object.task, failed, candidates, (i) =>
      LESS_TELLING.includes(functions[f[object.task.op[i]!]!]!),
    );
    this.#work += core.work;
    const indices = core.operations.map((i) => object.task.op[i]!);
    const explanation = explainViolation(
      this.#history,
      members,
      indices,
      this.#model,
      core.minimal,
      settledOf(object, core),
    );
    return {
      ...this.#common(),
      verdict: 'violated',
      core: indices,
      coreIsMinimal: core.minimal,
      context: explanation.context,
      object: object.name,
      explanation: explanation.text,
      summary: explanation.summary,
      certificate: {
        kind: 'core',
        core: indices,
        anyStart: core.anyStart,
        settledBefore: core.settledBefore,
      },
      inconclusive: undefined,
      zone,
    };
  }

  finish(): Verdict {
    const unknown = this.#inconclusive;
    const { length } = this.#history;
    const summary =
      unknown === undefined
        ? `Linearizable: ${length} operations can be put in one order that explains every answer.`
        : `Not decided: ${unknown.provenOperations} of ${unknown.operations} operations` +
          `${unknown.object === undefined ? '' : ` on ${unknown.object}`} were proven to linearize, then ` +
          `${unknown.configurations} possibilities were open at once (${unknown.open} operations open, ` +
          `${unknown.crashed} without answer before them) and the budget of ${unknown.resource} was spent.`;
    return {
      ...this.#common(),
      verdict: unknown === undefined ? 'holds' : 'inconclusive',
      core: [],
      coreIsMinimal: true,
      context: [],
      object: unknown?.object,
      explanation: unknown === undefined ? `  ${summary}` : `  ${summary}\n  ${unknown.advice}`,
      summary,
      certificate:
        unknown === undefined && this.#orders.length > 0
          ? { kind: 'order', orders: this.#orders }
          : undefined,
      inconclusive: unknown,
      zone: undefined,
    };
  }

  #common(): Pick<Verdict, 'consistency' | 'model' | 'procedure' | 'operations' | 'work'> {
    return {
      consistency: 'linearizable',
      model: this.#model,
      procedure: this.#procedure(),
      operations: this.#history.length,
      work: this.#work,
    };
  }

  #procedure(): string {
    const parts: string[] = [];
    if (this.#zoneObjects > 0)
      parts.push(
        `zones (linear time; every written value is different) for ${objects(this.#zoneObjects)}`,
      );
    const why: string[] = [];
    if (this.#cas > 0) why.push(`${objects(this.#cas)} compared and set`);
    if (this.#repeated > 0)
      why.push(`values were written more than once to ${objects(this.#repeated)}`);
    why.push(...this.#reasons);
    const because = why.length > 0 ? ` (because ${why.join(', ')})` : '';
    for (const [name, count] of this.#searches)
      parts.push(`${name} for ${objects(count)}${because}`);
    return parts.join('; ');
  }
}

/** What was taken as recorded before a core behind a cut. */
function settledOf({ task }: ObjectTask, core: Core): Settled | undefined {
  const before = core.settledBefore;
  if (before === undefined) return undefined;
  return {
    operations: task.invoke.reduce((count, at) => (at < before ? count + 1 : count), 0),
    states: core.states.map((state) => task.machine.stateValue?.(state)),
  };
}

function objects(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`;
}

function adviceFor(resource: string, open: number, crashed: number): string {
  const tries = [`a larger budget of ${resource}`];
  if (crashed > 4) tries.push(`fewer operations without answer (now ${crashed})`);
  if (open > 8) tries.push(`fewer clients at once (now ${open} operations open)`);
  tries.push('different values for every write, or more keys');
  return `Try ${tries.join(', ')}.`;
}
