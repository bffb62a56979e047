import type { Store } from './store.ts';
import { TABS } from './state.ts';
import {
  causeRow,
  effectRow,
  faultRow,
  nextEvent,
  nextFault,
  nextOfOperation,
  nextOnSameNode,
  nextViolation,
} from './moves.ts';
import { panned, zoomed } from './view-window.ts';

/** What keys do that is not a step of the cursor. */
export interface KeyActions {
  readonly help: () => void;
  readonly closeHelp: () => boolean;
  readonly copyReproduce: () => void;
  readonly focusFilter: () => void;
  readonly toggleTheme: () => void;
}

interface Key {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly what: string;
  readonly act: (store: Store, actions: KeyActions) => void;
}

const step =
  (move: (run: Store['current'], row: number) => number) =>
  (store: Store): void => {
    const row = move(store.current, store.state.cursor);
    if (row >= 0) store.moveTo(row);
  };

const zoom =
  (factor: number) =>
  (store: Store): void => {
    const { from, to, cursor, axis } = store.state;
    const line = store.current.axis(axis);
    const at = cursor >= 0 ? line.ofRow(cursor) : (from + to) / 2;
    const around = at >= from && at <= to ? at : (from + to) / 2;
    store.set(zoomed(from, to, around, factor, line.end));
  };

const pan =
  (part: number) =>
  (store: Store): void => {
    const { from, to, axis } = store.state;
    store.set(panned(from, to, (to - from) * part, store.current.axis(axis).end));
  };

/** Every key of the page, as the help lists them (reference: ux.md c.5). */
export const KEYS: readonly Key[] = [
  {
    keys: ['ArrowRight'],
    shown: '→',
    what: 'next event',
    act: step((run, row) => nextEvent(run, row, 1)),
  },
  {
    keys: ['ArrowLeft'],
    shown: '←',
    what: 'event before',
    act: step((run, row) => nextEvent(run, row, -1)),
  },
  {
    keys: ['Shift+ArrowRight'],
    shown: '⇧→',
    what: 'next event of this node',
    act: step((run, row) => nextOnSameNode(run, row, 1)),
  },
  {
    keys: ['Shift+ArrowLeft'],
    shown: '⇧←',
    what: 'event of this node before',
    act: step((run, row) => nextOnSameNode(run, row, -1)),
  },
  {
    keys: ['c'],
    shown: 'c',
    what: 'cause: the row that made this one happen',
    act: step(causeRow),
  },
  { keys: ['e'], shown: 'e', what: 'effect: what this row made happen', act: step(effectRow) },
  { keys: ['f'], shown: 'f', what: 'the fault behind what happened here', act: step(faultRow) },
  {
    keys: ['['],
    shown: '[',
    what: 'fault edge before',
    act: step((run, row) => nextFault(run, row, -1)),
  },
  {
    keys: [']'],
    shown: ']',
    what: 'next fault edge',
    act: step((run, row) => nextFault(run, row, 1)),
  },
  {
    keys: ['n'],
    shown: 'n',
    what: 'next violation',
    act: step((run, row) => nextViolation(run, row, 1)),
  },
  {
    keys: ['p'],
    shown: 'p',
    what: 'violation before',
    act: step((run, row) => nextViolation(run, row, -1)),
  },
  {
    keys: ['s'],
    shown: 's',
    what: 'next change of a state',
    act: step((run, row) => run.states.nextChange(row, 1)),
  },
  {
    keys: ['Shift+S', 'S'],
    shown: '⇧s',
    what: 'change of a state before',
    act: step((run, row) => run.states.nextChange(row, -1)),
  },
  {
    keys: ['o'],
    shown: 'o',
    what: 'next message of the chosen operation',
    act: (store) => {
      step((run, row) => nextOfOperation(run, row, store.state.operation))(store);
    },
  },
  { keys: ['+', '='], shown: '+', what: 'nearer', act: zoom(1 / 1.5) },
  { keys: ['-'], shown: '-', what: 'farther', act: zoom(1.5) },
  { keys: ['a'], shown: 'a', what: 'picture to the left', act: pan(-0.3) },
  { keys: ['d'], shown: 'd', what: 'picture to the right', act: pan(0.3) },
  {
    keys: ['0'],
    shown: '0',
    what: 'the whole run',
    act: (store) => {
      store.set({ from: 0, to: store.current.axis(store.state.axis).end });
    },
  },
  {
    keys: ['x'],
    shown: 'x',
    what: 'axis: time, time without idle stretches, one step an event',
    act: nextAxis,
  },
  ...TABS.map((tab, index): Key => ({
    keys: [String(index + 1)],
    shown: String(index + 1),
    what: `view: ${tab}`,
    act: (store) => {
      store.set({ tab });
    },
  })),
  {
    keys: ['/'],
    shown: '/',
    what: 'filter the events',
    act: (_, actions) => {
      actions.focusFilter();
    },
  },
  {
    keys: ['y'],
    shown: 'y',
    what: 'copy the line that reproduces this run',
    act: (_, actions) => {
      actions.copyReproduce();
    },
  },
  {
    keys: ['t'],
    shown: 't',
    what: 'light or dark',
    act: (_, actions) => {
      actions.toggleTheme();
    },
  },
  {
    keys: ['?'],
    shown: '?',
    what: 'these keys',
    act: (_, actions) => {
      actions.help();
    },
  },
  {
    keys: ['Escape'],
    shown: 'Esc',
    what: 'close; choose nothing',
    act: (store, actions) => {
      if (!actions.closeHelp()) store.set({ operation: -1, cursor: -1 });
    },
  },
];

/** Changes the axis and keeps in view what was in view. */
export function nextAxis(store: Store): void {
  const modes = ['time', 'folded', 'rank'] as const;
  const { axis, from, to } = store.state;
  const mode = modes[(modes.indexOf(axis) + 1) % modes.length]!;
  const [fromUs, toUs] = [
    store.current.axis(axis).timeAt(from),
    store.current.axis(axis).timeAt(to),
  ];
  const line = store.current.axis(mode);
  const [start, end] = [line.ofTime(Math.max(0, fromUs)), line.ofTime(Math.max(0, toUs))];
  store.set({ axis: mode, from: start, to: Math.max(end, start + 5) });
}

/** Listens to keys, except where somebody writes. */
export function listenToKeys(store: Store, actions: KeyActions): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    const writes = target.matches('input, select, textarea, [contenteditable]');
    if (writes && event.key !== 'Escape') return;
    if (writes) target.blur();
    // Arrows belong to tabs and lists that have the focus.
    if (target.closest('[data-own-keys]') !== null && event.key.startsWith('Arrow')) return;
    const name = event.shiftKey && event.key.startsWith('Arrow') ? `Shift+${event.key}` : event.key;
    const key = KEYS.find(({ keys }) => keys.includes(name));
    if (key === undefined) return;
    event.preventDefault();
    key.act(store, actions);
  });
}
