import type { History } from '../../history/history.ts';
import { PLAIN, verdictSign, wrap } from '../format.ts';
import { operationLines } from '../operation-lines.ts';
import { collectOperations } from './operation-data.ts';
import { collectOrders, leftOut, modelData } from './order-data.ts';
import type { NodeData, RunData } from './report-data.ts';
import { collectTransactions } from './transaction-data.ts';
import { valueList } from './value-list.ts';

/** How a history was judged. */
export interface HistoryVerdict {
  /** The model that judged single operations; null for transactions. */
  readonly model: string | null;
  readonly consistency: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive' | 'not judged';
  readonly core: readonly number[];
  readonly summary: string;
  readonly because: readonly string[];
  readonly procedure: string;
}

const WIDTH = 100;
const MAX_OPERATIONS = 8;

/** A history without a run as a report's data: every process is a lane, and nothing travels between them. */
export function collectHistory(history: History, name: string, judged: HistoryVerdict): RunData {
  const { processes } = history.columns;
  const nodes = processes.map((process): NodeData => ({ name: String(process), kind: 'client' }));
  const operations = collectOperations(history, null, (process) => processes.indexOf(process));
  const { model, core } = judged;
  const { orders, culprit } = collectOrders(history, model, core);
  const none = valueList([]);
  const times = operations.flatMap(({ completeUs }) => (completeUs === null ? [] : [completeUs]));
  const virtualUs = times.reduce((last, us) => Math.max(last, us), 0);
  const verdict = judged.verdict === 'not judged' ? 'inconclusive' : judged.verdict;
  return {
    head: {
      scenario: name,
      title: '',
      claim: '',
      source: '',
      protocol: '',
      bug: null,
      seed: '',
      hash: '',
      outcome: verdict === 'holds' ? 'passed' : verdict === 'violated' ? 'failed' : 'inconclusive',
      events: 0,
      virtualUs,
      healUs: null,
      nodes,
      text: textOf(history, name, judged, core),
      reproduce: `npx splitbrain check ${name}${model === null ? '' : ` --model ${model}`}`,
      properties: [
        {
          name: judged.consistency,
          verdict,
          declared: 'holds',
          sentence: judged.summary,
          because: judged.because,
          operations: core,
          event: null,
          procedure: judged.procedure,
        },
      ],
      told: verdict === 'holds' ? -1 : 0,
      culprit,
      violationRow: -1,
      faults: [],
      operations,
      clocks: [],
      model: modelData(history, model),
      orders,
      transactions: collectTransactions(history),
      schedule: { yaml: '', shrunk: null, command: '' },
      messages: { sent: 0, delivered: 0, lost: 0 },
      looks: [],
      places: [],
      left: leftOut(history, model),
      rowsInRun: 0,
    },
    rows: {
      event: new Int32Array(0),
      timeUs: new Float64Array(0),
      kind: new Uint8Array(0),
      node: new Int16Array(0),
      peer: new Int16Array(0),
      a: new Int32Array(0),
      cause: new Int32Array(0),
      payload: new Int32Array(0),
      place: new Int32Array(0),
      draws: new Int32Array(0),
    },
    payloads: none,
    states: {
      row: new Int32Array(0),
      node: new Int16Array(0),
      look: new Int32Array(0),
      deltas: none,
    },
  };
}

function textOf(
  history: History,
  name: string,
  { verdict, consistency, summary, because }: HistoryVerdict,
  core: readonly number[],
): string[] {
  const head = `${verdictSign(PLAIN, verdict)} ${name} › ${consistency} ${verdict}   ${history.length} operations`;
  if (verdict === 'holds') return [head];
  const shown = core.slice(0, MAX_OPERATIONS).map((index) => history.operation(index));
  const rows = shown.length === 0 ? [] : ['', ...operationLines(shown, [])];
  return [
    head,
    '',
    ...wrap(`  ${summary}`, WIDTH, '  '),
    ...rows,
    '',
    ...because.map((line) => `    ${line.trim()}`),
  ];
}
