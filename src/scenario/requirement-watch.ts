import { canonicalJson } from '../history/canonical-json.ts';
import type { Figure, Outcome } from '../protocols/protocol.ts';
import { figureText } from './figure-text.ts';
import type {
  RequiredEvent,
  RequiredFigure,
  RequiredOutcome,
  Requirements,
} from './requirements.ts';

/** Counts, while a run goes on, what its `require:` speaks of; says at the end what was not as told. */
export class RequirementWatch {
  readonly #required: Requirements;
  readonly #counts: number[];
  readonly #outcomes = new Map<string, Outcome>();
  readonly #states = new Map<string, string>();

  constructor(required: Requirements) {
    this.#required = required;
    this.#counts = required.events.map(() => 0);
  }

  /** True when there is nothing to watch. */
  get idle(): boolean {
    const { outcomes, events, states, figures } = this.#required;
    return events.length === 0 && [outcomes, states, figures].every((all) => isEmpty(all));
  }

  onMark(node: string, name: string, detail: Readonly<Record<string, unknown>>): void {
    for (const [at, event] of this.#required.events.entries())
      if (
        event.kind === 'mark' &&
        event.name === name &&
        (event.node === null || event.node === node) &&
        Object.entries(event.where).every(([field, value]) => detail[field] === value)
      )
        this.#counts[at]! += 1;
  }

  onMessage(kind: 'sent' | 'delivered', from: string, to: string, type: string): void {
    for (const [at, event] of this.#required.events.entries())
      if (
        event.kind === kind &&
        event.name === type &&
        (event.node === null || event.node === from) &&
        (event.to === null || event.to === to)
      )
        this.#counts[at]! += 1;
  }

  onOutcome(step: string, outcome: Outcome): void {
    this.#outcomes.set(step, outcome);
  }

  /** The fault phase ends: how a server stands. */
  onHeal(server: string, state: string): void {
    this.#states.set(server, state);
  }

  /** One sentence for each requirement that was not met. `measured`: the figures of the run. */
  unmet(measured: readonly Figure[]): string[] {
    const { outcomes, events, states, figures } = this.#required;
    return [
      ...Object.entries(outcomes).flatMap(([id, required]) =>
        outcomeUnmet(id, required, this.#outcomes.get(id)),
      ),
      ...events.flatMap((event, at) => eventUnmet(event, this.#counts[at]!)),
      ...Object.entries(states).flatMap(([server, required]) => {
        const state =
          this.#states.get(server) ?? 'never seen: the run ended before the fault phase';
        return state.startsWith(required)
          ? []
          : [`${server} should be "${required}" when the fault phase ends, and was "${state}".`];
      }),
      ...measured.flatMap((figure) => {
        const required = figures[figure.name];
        return required === undefined ? [] : figureUnmet(figure, required);
      }),
    ];
  }
}

function outcomeUnmet(
  id: string,
  required: RequiredOutcome,
  outcome: Outcome | undefined,
): string[] {
  const type = outcome?.type ?? 'unanswered';
  const answered = outcome?.value === undefined ? '' : ` (${JSON.stringify(outcome.value)})`;
  if (type !== required.type)
    return [`${id} should end ${required.type}, and ended ${type}${answered}.`];
  if (!('answer' in required) || sameAnswer(outcome?.value, required.answer)) return [];
  return [`${id} should answer ${JSON.stringify(required.answer)}, and answered${answered}.`];
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length === 0;
}

function figureUnmet(figure: Figure, { atLeast, atMost }: RequiredFigure): string[] {
  const { name, value } = figure;
  if (value >= atLeast && value <= atMost) return [];
  const bound =
    value < atLeast
      ? `at least ${figureText({ ...figure, value: atLeast })}`
      : `at most ${figureText({ ...figure, value: atMost })}`;
  return [`${name} should be ${bound}, and was ${figureText(figure)}.`];
}

/** Equal as data. No answer at all is not the answer null. */
function sameAnswer(a: unknown, b: unknown): boolean {
  return (a === undefined) === (b === undefined) && canonicalJson(a) === canonicalJson(b);
}

function eventUnmet(event: RequiredEvent, count: number): string[] {
  if (count >= event.atLeast && count <= event.atMost) return [];
  const { atLeast, atMost } = event;
  const asked =
    atLeast === atMost
      ? `${atLeast} times`
      : count < atLeast
        ? `at least ${atLeast} times`
        : `at most ${atMost} times`;
  return [`${event.text} should happen ${asked}, and happened ${count} times.`];
}
