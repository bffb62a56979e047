import type { ReportData, RunData } from '../../report/html/report-data.ts';
import { mountCampaign } from '../view/campaign-panel.ts';
import { mountCompare } from '../view/compare-panel.ts';
import { byId } from '../view/dom.ts';
import { EventsTable } from '../view/events-table.ts';
import { mountHeader } from '../view/header.ts';
import { mountHelp } from '../view/help.ts';
import { mountInspector } from '../view/inspector.ts';
import { mountLegend } from '../view/legend.ts';
import { mountLiveRegion } from '../view/live-region.ts';
import { MetricsPanel } from '../view/metrics-panel.ts';
import { mountOperations } from '../view/operations-panel.ts';
import { Overview } from '../view/overview.ts';
import { mountSchedule } from '../view/schedule-panel.ts';
import { showLine } from '../view/shown-line.ts';
import { SpaceTime } from '../view/space-time.ts';
import { mountStates } from '../view/state-panel.ts';
import { mountStory } from '../view/story.ts';
import { mountTabs } from '../view/tabs.ts';
import { mountTransactions } from '../view/transactions-panel.ts';
import { Transport } from '../view/transport.ts';
import { copyText } from './copy.ts';
import { listenToKeys } from './keys.ts';
import type { Tab } from './state.ts';
import { Store } from './store.ts';
import { TestDoor } from './test-door.ts';
import { Theme } from './theme.ts';

/** Puts the page together for a report; returns how to show another run in the place of the current one. */
export function startPage(report: ReportData): { readonly replaceRun: (data: RunData) => void } {
  document.title = report.title;
  const store = new Store(report.runs, location.hash);
  const theme = new Theme();
  const copy = (text: string): void => {
    void copyText(text);
  };
  const help = mountHelp();
  const actions = {
    help: help.open,
    closeHelp: help.close,
    copyReproduce: () => {
      copy(store.current.model.data.head.reproduce);
    },
    focusFilter: () => {
      table.focusFilter();
    },
    toggleTheme: () => {
      theme.toggle();
    },
  };
  mountHeader(report, store, theme, actions);
  mountStory(store);
  mountLegend(store, theme);
  mountTabs(store, leftTabs(report));
  new Overview(store, theme);
  const diagram = new SpaceTime(store, theme, 'space-time', showLine);
  new Transport(store);
  mountInspector(store);
  const table = new EventsTable(store);
  mountOperations(store);
  mountStates(store);
  const metrics = new MetricsPanel(store, theme);
  mountSchedule(store, copy);
  mountTransactions(store);
  mountCompare(report, store);
  mountCampaign(report, store, copy);
  mountLiveRegion(store);
  listenToKeys(store, actions);
  rememberInHash(store);
  if (report.divergence !== null && !location.hash.includes('v=')) store.set({ tab: 'compare' });
  if (report.campaign !== null && !location.hash.includes('v=')) store.set({ tab: 'campaign' });
  store.flush();
  byId('loading').remove();
  byId('page').hidden = false;
  store.flush();
  new TestDoor(store, diagram, metrics).open();
  return {
    replaceRun: (data) => {
      store.replace(store.state.run, data);
    },
  };
}

/** Views that this report has nothing for are not offered. */
function leftTabs({ divergence, campaign, runs }: ReportData): Tab[] {
  const transactional = runs.some(({ head }) => head.transactions !== null);
  return [
    ...(divergence === null ? (['compare'] as const) : []),
    ...(campaign === null ? (['campaign'] as const) : []),
    ...(transactional ? [] : (['transactions'] as const)),
  ];
}

const HASH_MS = 150;

/** Keeps the address up to date, without filling the history; a hash typed by hand or a link is followed. */
function rememberInHash(store: Store): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let own = location.hash;
  store.listen(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      own = store.hash();
      history.replaceState(null, '', own);
    }, HASH_MS);
  });
  addEventListener('hashchange', () => {
    if (location.hash === own) return;
    own = location.hash;
    store.follow(own);
  });
}
