import type { Store } from '../app/store.ts';
import { KEYS, nextAxis } from '../app/keys.ts';
import { nextEvent, nextFault, nextViolation } from '../app/moves.ts';
import { byId, h, replace } from './dom.ts';
import { icon, type IconName } from './icon.ts';

const PLAY_MS = 120;

/** Steps, the slider over all events, where the cursor stands, and what is shown of what. */
export class Transport {
  readonly #store: Store;
  readonly #slider: HTMLInputElement;
  readonly #place: HTMLElement;
  readonly #axis: HTMLButtonElement;
  #playing: ReturnType<typeof setInterval> | null = null;

  constructor(store: Store) {
    this.#store = store;
    this.#slider = h('input', {
      type: 'range',
      id: 'slider',
      min: 0,
      step: 1,
      'aria-label': 'Event at the cursor',
      oninput: () => {
        const row = store.current.model.rowOfEvent(Number(this.#slider.value));
        if (row >= 0) store.moveTo(row);
      },
    });
    this.#place = h('output', { id: 'place', 'data-testid': 'place' });
    this.#axis = h('button', {
      id: 'axis',
      title: 'Axis (x)',
      onclick: () => {
        nextAxis(store);
      },
    });
    const button = (sign: IconName, title: string, move: () => number): HTMLElement =>
      h(
        'button',
        {
          title,
          'aria-label': title,
          onclick: () => {
            const row = move();
            if (row >= 0) store.moveTo(row);
          },
        },
        icon(sign),
      );
    const cursor = (): number => store.state.cursor;
    const play = h(
      'button',
      {
        id: 'play',
        title: 'Play',
        'aria-label': 'Play',
        onclick: () => {
          this.#toggle(play);
        },
      },
      icon('play'),
    );
    replace(
      byId('transport'),
      button('backFar', 'Violation before (p)', () => nextViolation(store.current, cursor(), -1)),
      button('back', 'Event before (←)', () => nextEvent(store.current, cursor(), -1)),
      play,
      button('forward', 'Next event (→)', () => nextEvent(store.current, cursor(), 1)),
      button('forwardFar', 'Next violation (n)', () => nextViolation(store.current, cursor(), 1)),
      button('faultBack', 'Fault edge before ([)', () => nextFault(store.current, cursor(), -1)),
      button('faultForward', 'Next fault edge (])', () => nextFault(store.current, cursor(), 1)),
      this.#slider,
      this.#place,
      this.#axis,
      zoomButton('−', 'Farther (-)', '-', store),
      zoomButton('+', 'Nearer (+)', '+', store),
      zoomButton('Whole run', 'The whole run (0)', '0', store),
    );
    store.listen(() => {
      this.#update();
    });
  }

  #update(): void {
    const { model } = this.#store.current;
    const { cursor, axis } = this.#store.state;
    const { event } = model.data.rows;
    this.#slider.max = String(Math.max(1, model.data.head.events));
    this.#slider.min = '1';
    this.#slider.disabled = model.count === 0;
    this.#axis.textContent = {
      time: 'axis: time',
      folded: 'axis: time, idle folded',
      rank: 'axis: event by event',
    }[axis];
    if (cursor < 0) {
      this.#slider.value = '1';
      this.#place.textContent =
        model.count === 0 ? 'no events' : `${model.data.head.events} events, none chosen`;
      return;
    }
    this.#slider.value = String(event[cursor]!);
    this.#slider.setAttribute(
      'aria-valuetext',
      `event ${event[cursor]!} of ${model.data.head.events}`,
    );
    const time = (model.timeUs(cursor) / 1_000_000).toFixed(6);
    this.#place.textContent = `event ${event[cursor]!} / ${model.data.head.events}   t = ${time} s`;
  }

  #toggle(button: HTMLElement): void {
    if (this.#playing !== null) {
      clearInterval(this.#playing);
      this.#playing = null;
      replace(button, icon('play'));
      return;
    }
    // Whoever asked for less motion steps by hand.
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    replace(button, icon('pause'));
    this.#playing = setInterval(() => {
      const row = nextEvent(this.#store.current, this.#store.state.cursor, 1);
      if (row < 0) this.#toggle(button);
      else this.#store.moveTo(row);
    }, PLAY_MS);
  }
}

function zoomButton(text: string, title: string, key: string, store: Store): HTMLElement {
  const found = KEYS.find(({ keys }) => keys.includes(key))!;
  return h(
    'button',
    {
      title,
      'aria-label': title,
      onclick: () => {
        found.act(store, NO_ACTIONS);
      },
    },
    text,
  );
}

/** The zoom keys use none. */
const NO_ACTIONS = {
  help: () => undefined,
  closeHelp: () => false,
  copyReproduce: () => undefined,
  focusFilter: () => undefined,
  toggleTheme: () => undefined,
};
