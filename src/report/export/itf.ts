import { runScenario } from '../../scenario/run.ts';
import type { World } from '../../scenario/world.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import { describeRow } from '../describe-row.ts';
import { programData, type PlainData } from '../trace/program-data.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import { grouped } from '../format.ts';
import type { ExportOptions } from './exporter.ts';

/** Each holds the whole world: more states would rarely be wanted and soon be gigabytes. */
const MAX_STATES = 5_000;
const FORMAT = 'https://apalache-mc.org/docs/adr/015adr-trace.html';
const VARS = ['event', 'nowUs', 'action', 'status', 'role', 'state', 'inFlight'] as const;

/**
 * The run as a trace in Apalache's Informal Trace Format: the global state after every event, each server's as its program
 * holds it in public fields. Whole numbers are `#bigint`, as Quint writes them. Runs once more to look at the programs, and
 * keeps only what changed from event to event.
 */
export function* itf(run: RecordedRun, options: ExportOptions): Generator<string> {
  const { scenario, seed, hash, events } = run.result;
  const meta = {
    format: 'ITF',
    'format-description': FORMAT,
    source: scenario.file ?? scenario.name,
    description: `splitbrain: ${scenario.name}, seed ${seed}, trace ${hash}, ${events} events`,
  };
  yield `{"#meta":${JSON.stringify(meta)},"vars":${JSON.stringify(VARS)},"states":[`;
  const states = globalStates(run, shownEvents(run, options));
  for (const [index, state] of states.entries())
    yield `${index === 0 ? '\n' : ',\n'}{"#meta":{"index":${index}},${state}}`;
  yield '\n]}\n';
}

/** The first and the last event to show: all, or those that lead to the place it is about, or the first. */
function shownEvents(
  { result: { events, trace } }: RecordedRun,
  { max, row, note }: ExportOptions,
): readonly [number, number] {
  const count = max ?? MAX_STATES;
  if (events <= count) return [1, events];
  const last = row < 0 ? count : Math.max(count, trace.row(row).event);
  note(
    `itf: events ${grouped(last - count + 1)} to ${grouped(last)} of ${grouped(events)}; --max takes more`,
  );
  return [last - count + 1, last];
}

/** A state a line, as the fields of its JSON. Servers that an event did not touch keep their text: most of them. */
function globalStates(run: RecordedRun, [first, last]: readonly [number, number]): string[] {
  const { scenario, seed, schedule } = run.result;
  const states: string[] = [];
  runScenario(scenario, {
    seed,
    schedule,
    trace: 'events',
    untilEvent: last,
    prepare: (world) => {
      watchEvents(world, run, first, (state) => states.push(state));
    },
  });
  return states;
}

function watchEvents(
  world: World,
  run: RecordedRun,
  fromEvent: number,
  take: (state: string) => void,
): void {
  const { simulation, servers } = world;
  const { trace, hosts } = simulation;
  const roles = servers.map(() => 'down');
  const texts = servers.map(() => 'null');
  let [seen, inFlight] = [0, 0];
  const observer = simulation.observer ?? {};
  const onEvent = observer.onEvent?.bind(observer);
  observer.onEvent = (event) => {
    const first = seen;
    for (; seen < trace.rows; seen += 1) {
      const { kind, node } = trace.row(seen);
      if (kind === Kind.SEND || kind === Kind.DUPLICATE) inFlight += 1;
      if (kind === Kind.DELIVER || kind === Kind.DROP) inFlight -= 1;
      if (node < 0 || node >= servers.length) continue;
      const { program, status } = hosts[node]!;
      const down = program === null || status === 'down';
      roles[node] = down ? 'down' : world.scenario.protocol.view.role(program);
      texts[node] = JSON.stringify(itfValue(programData(program)));
    }
    onEvent?.(event);
    if (event < fromEvent) return;
    const statuses = hosts.map(({ name, status }) => [name, status]);
    const named = (values: readonly string[]): string =>
      JSON.stringify(values.map((value, node) => [hosts[node]!.name, value]));
    const stateMap = texts.map((text, node) => `[${JSON.stringify(hosts[node]!.name)},${text}]`);
    take(
      [
        `"event":${bigint(event)}`,
        `"nowUs":${bigint(simulation.nowUs)}`,
        `"action":${JSON.stringify(describeRow(run.result.trace.row(first), run.names).trim())}`,
        `"status":{"#map":${JSON.stringify(statuses)}}`,
        `"role":{"#map":${named(roles)}}`,
        `"state":{"#map":[${stateMap.join(',')}]}`,
        `"inFlight":${bigint(inFlight)}`,
      ].join(','),
    );
  };
  simulation.observer = observer;
}

function bigint(value: number): string {
  return `{"#bigint":"${value}"}`;
}

/** Plain data with ITF's spelling of whole numbers; other numbers become text, ITF has none. */
function itfValue(value: PlainData): unknown {
  if (typeof value === 'number')
    return Number.isInteger(value) ? { '#bigint': String(value) } : String(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: PlainData) => itfValue(item));
  const fields = Object.entries(value as Readonly<Record<string, PlainData>>);
  return { '#map': fields.map(([name, field]) => [name, itfValue(field)]) };
}
