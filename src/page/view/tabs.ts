import type { Store } from '../app/store.ts';
import { TABS, type Tab } from '../app/state.ts';
import { byId, h, replace } from './dom.ts';

const TITLES: Readonly<Record<Tab, string>> = {
  events: 'Events',
  operations: 'Operations',
  state: 'States',
  metrics: 'Metrics',
  schedule: 'Schedule',
  transactions: 'Transactions',
  compare: 'Compare',
  campaign: 'Campaign',
};

/** The views below the picture, as tabs (WAI-ARIA tabs pattern: arrows move, one tab stop). `left`: tabs not offered. */
export function mountTabs(store: Store, left: readonly Tab[]): void {
  const offered = TABS.filter((tab) => !left.includes(tab));
  const buttons = offered.map((tab) =>
    h(
      'button',
      {
        role: 'tab',
        id: `tab-${tab}`,
        'aria-controls': `panel-${tab}`,
        onclick: () => {
          store.set({ tab });
        },
        onkeydown: (event: KeyboardEvent) => {
          const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
          if (step === 0) return;
          event.preventDefault();
          const next = offered[(offered.indexOf(tab) + step + offered.length) % offered.length]!;
          store.set({ tab: next });
          store.flush();
          byId(`tab-${next}`).focus();
        },
      },
      `${TITLES[tab]} `,
      h('kbd', { 'aria-hidden': 'true' }, String(TABS.indexOf(tab) + 1)),
    ),
  );
  replace(byId('tabs'), ...buttons);
  store.listen(({ tab }) => {
    for (const [index, one] of offered.entries()) {
      const chosen = one === tab;
      buttons[index]!.setAttribute('aria-selected', String(chosen));
      buttons[index]!.tabIndex = chosen ? 0 : -1;
    }
    for (const one of TABS) byId(`panel-${one}`).hidden = one !== tab;
  });
}
