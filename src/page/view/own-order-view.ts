import type { Store } from '../app/store.ts';
import { answerText, requestText } from '../model/operation-words.ts';
import { judgeOrder, stateText, type Puzzle } from '../model/own-order.ts';
import { foreign, h, replace, visible } from './dom.ts';

/** So many operations fit a person's hands; of more, those around the witness are offered and the rest is placed. */
const MOST_OPERATIONS = 60;

/**
 * The reader argues with the checker: puts the operations of an object into an order, by clicking, dragging or with the
 * keyboard, and is told which one breaks and why.
 */
export class OwnOrder {
  readonly element: HTMLElement;
  readonly #puzzle: Puzzle;
  readonly #store: Store;
  readonly #order: number[] = [];
  readonly #placed = h('ol', {
    class: 'placed',
    'data-own-keys': true,
    'aria-label': 'Your order',
  });
  readonly #pool = h('div', { class: 'pool', 'aria-label': 'Operations to place' });
  readonly #verdict = h('p', { class: 'verdict', role: 'status', 'data-testid': 'own-verdict' });

  constructor(store: Store, puzzle: Puzzle, picker: HTMLElement | null) {
    this.#store = store;
    this.#puzzle = puzzle;
    const start = this.#checkersOrder();
    const button = (text: string, title: string, act: () => void): HTMLElement =>
      h(
        'button',
        {
          class: 'small',
          title,
          onclick: () => {
            act();
            this.#render();
          },
        },
        text,
      );
    this.element = h(
      'section',
      { class: 'own-order' },
      h('h3', {}, 'Try your own order'),
      h(
        'p',
        {},
        'Click operations in the order in which they took effect, or drag them. The model replays your order and says which one breaks, and why.',
      ),
      h(
        'div',
        { class: 'bar' },
        picker,
        button('as far as the checker came', 'The longest order that works', () => {
          this.#set(start);
        }),
        button('by time of answer', 'In the order in which they ended', () => {
          this.#set(this.#byAnswer());
        }),
        button('empty', 'Begin anew', () => {
          this.#set([]);
        }),
      ),
      this.#verdict,
      this.#placed,
      this.#pool,
    );
    this.#set(puzzle.operations.length > MOST_OPERATIONS ? start : []);
    this.#render();
  }

  #checkersOrder(): readonly number[] {
    const { orders } = this.#store.current.model.data.head;
    const found =
      orders.find(({ object }) => object === this.#puzzle.object) ??
      (orders.length === 1 ? orders[0] : undefined);
    return (found?.order ?? []).filter((index) => this.#puzzle.calls.has(index));
  }

  #byAnswer(): number[] {
    return [...this.#puzzle.operations]
      .filter(({ index }) => !this.#puzzle.optional.has(index))
      .sort((a, b) => (a.complete ?? Infinity) - (b.complete ?? Infinity))
      .map(({ index }) => index);
  }

  #set(order: readonly number[]): void {
    this.#order.splice(0, this.#order.length, ...order);
  }

  #move(index: number, to: number): void {
    const at = this.#order.indexOf(index);
    if (at >= 0) this.#order.splice(at, 1);
    this.#order.splice(Math.max(0, Math.min(to, this.#order.length)), 0, index);
    this.#render(index);
  }

  #render(focus = -1): void {
    const verdict = judgeOrder(this.#puzzle, this.#order);
    replace(
      this.#verdict,
      verdict.kind === 'explains' ? '✓ ' : verdict.kind === 'breaks' ? '✗ ' : '',
      foreign(verdict.sentence),
    );
    this.#verdict.className = `verdict ${verdict.kind}`;
    const broken = this.#order.indexOf(verdict.operation);
    const shownFrom = Math.max(0, (broken >= 0 ? broken : this.#order.length) - MOST_OPERATIONS);
    replace(
      this.#placed,
      ...this.#order.slice(shownFrom, shownFrom + 2 * MOST_OPERATIONS).map((index, offset) => {
        const at = shownFrom + offset;
        const mark =
          at < verdict.states.length ? 'fine' : index === verdict.operation ? 'breaks' : 'after';
        return this.#item(index, at, mark, verdict.states[at]);
      }),
    );
    this.#placed.start = shownFrom + 1;
    const left = this.#puzzle.operations.filter(({ index }) => !this.#order.includes(index));
    replace(
      this.#pool,
      ...left.slice(0, MOST_OPERATIONS).map(({ index }) => this.#chip(index)),
      left.length > MOST_OPERATIONS
        ? h('p', { class: 'count' }, `and ${left.length - MOST_OPERATIONS} more`)
        : null,
    );
    if (focus >= 0) this.#placed.querySelector<HTMLElement>(`[data-operation="${focus}"]`)?.focus();
  }

  #text(index: number): HTMLElement {
    const operation = this.#store.current.model.operation(index)!;
    const who = this.#store.current.model.names[operation.node] ?? String(operation.process);
    const text = `#${index} ${who} ${requestText(operation)} ${answerText(operation)}`;
    return foreign(text.length > 90 ? `${text.slice(0, 90)}…` : text);
  }

  #chip(index: number): HTMLElement {
    const optional = this.#puzzle.optional.has(index);
    return h(
      'button',
      {
        class: optional ? 'chip optional' : 'chip',
        draggable: 'true',
        'data-operation': index,
        title: optional ? 'Nobody knows whether it happened: it may be left out' : 'Put it next',
        onclick: () => {
          this.#order.push(index);
          this.#render();
        },
        ondragstart: (event: DragEvent) => {
          event.dataTransfer?.setData('text/plain', String(index));
        },
      },
      this.#text(index),
    );
  }

  #item(index: number, at: number, mark: string, state: unknown): HTMLElement {
    return h(
      'li',
      {
        class: mark,
        tabindex: 0,
        draggable: 'true',
        'data-operation': index,
        title: 'Alt+↑ ↓ moves it, Delete takes it out',
        ondragstart: (event: DragEvent) => {
          event.dataTransfer?.setData('text/plain', String(index));
        },
        ondragover: (event: DragEvent) => {
          event.preventDefault();
        },
        ondrop: (event: DragEvent) => {
          event.preventDefault();
          const dropped = Number(event.dataTransfer?.getData('text/plain'));
          if (this.#puzzle.calls.has(dropped)) this.#move(dropped, at);
        },
        onkeydown: (event: KeyboardEvent) => {
          this.#key(event, index, at);
        },
      },
      this.#text(index),
      mark === 'fine'
        ? h('span', { class: 'after-state' }, ` then ${visible(clip(stateText(state)))}`)
        : null,
      h(
        'span',
        { class: 'tools' },
        h(
          'button',
          {
            class: 'small',
            'aria-label': `#${index} earlier`,
            onclick: () => {
              this.#move(index, at - 1);
            },
          },
          '↑',
        ),
        h(
          'button',
          {
            class: 'small',
            'aria-label': `#${index} later`,
            onclick: () => {
              this.#move(index, at + 1);
            },
          },
          '↓',
        ),
        h(
          'button',
          {
            class: 'small',
            'aria-label': `take #${index} out`,
            onclick: () => {
              this.#order.splice(at, 1);
              this.#render();
            },
          },
          '×',
        ),
      ),
    );
  }

  #key(event: KeyboardEvent, index: number, at: number): void {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      this.#order.splice(at, 1);
      this.#render();
    } else if (event.altKey && event.key === 'ArrowUp') this.#move(index, at - 1);
    else if (event.altKey && event.key === 'ArrowDown') this.#move(index, at + 1);
    else if (event.key === 'ArrowUp')
      (event.currentTarget as HTMLElement).previousElementSibling?.querySelector('button')?.focus();
    else return;
    event.preventDefault();
  }
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
