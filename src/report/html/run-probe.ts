import type { LaneReader, LaneState } from '../../protocols/lane.ts';
import type { World } from '../../scenario/world.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { ClockPoint, Look, StateColumns } from './report-data.ts';
import { SeenFields } from './seen-fields.ts';
import { valueList } from './value-list.ts';

/** Rows made by code of a node: somebody may want to see its line. */
const PLACED: ReadonlySet<number> = new Set([Kind.SEND, Kind.MARK, Kind.INVOKE, Kind.COMPLETE]);
const DRIFT_BASE_US = 1_000_000;

/** Tells where in the source the running code stands, as an index into its own list; -1 when it cannot tell. */
export type Locate = () => number;

/**
 * Watches a run for its report: after every event the states of the nodes it touched, what their clocks show, and where
 * in the source rows were made. Give {@link attach} to `runScenario` as `prepare`. Changes nothing of the run.
 */
export class RunProbe {
  readonly clocks: ClockPoint[] = [];
  readonly looks: Look[] = [];
  /** One place a row; empty when nothing locates. */
  readonly places: number[] = [];
  readonly #locate: Locate | null;
  readonly #lookNumbers = new Map<string, number>();
  readonly #fields: SeenFields[] = [];
  readonly #current: number[] = [];
  readonly #rows: number[] = [];
  readonly #nodes: number[] = [];
  readonly #stateLooks: number[] = [];
  readonly #deltas: unknown[] = [];
  readonly #touched = new Set<number>();
  readonly #clockChanged = new Set<number>();
  #world: World | null = null;
  #read: LaneReader | null = null;
  /** A fault may change how several nodes are seen; a row of the world itself touches none. */
  #down = -1;

  constructor(locate: Locate | null = null) {
    this.#locate = locate;
  }

  readonly attach = (world: World): void => {
    this.#world = world;
    const { simulation, scenario } = world;
    this.#read = scenario.protocol.lane?.() ?? null;
    this.#down = this.#lookNumber({ tone: 'down', role: 'down', label: '' });
    for (const { id } of simulation.hosts) {
      this.#fields[id] = new SeenFields();
      this.#current[id] = this.#down;
      this.#noteClock(id);
    }
    const { trace } = simulation;
    const record = trace.record.bind(trace);
    trace.record = (timeUs, kind, node, peer, a, digest, payload) => {
      record(timeUs, kind, node, peer, a, digest, payload);
      if (node >= 0 && kind !== Kind.DROP && kind !== Kind.DUPLICATE) this.#touched.add(node);
      if (kind === Kind.CLOCK) this.#clockChanged.add(node);
      if (this.#locate !== null) this.places.push(PLACED.has(kind) ? this.#locate() : -1);
    };
    const observer = simulation.observer ?? {};
    simulation.observer = {
      ...observer,
      onEvent: (event) => {
        this.#note();
        observer.onEvent?.(event);
      },
    };
  };

  /** What was seen. */
  states(): StateColumns {
    return {
      row: Int32Array.from(this.#rows),
      node: Int16Array.from(this.#nodes),
      look: Int32Array.from(this.#stateLooks),
      deltas: valueList(this.#deltas),
    };
  }

  #note(): void {
    for (const node of this.#touched) this.#noteState(node);
    this.#touched.clear();
    for (const node of this.#clockChanged) this.#noteClock(node);
    this.#clockChanged.clear();
  }

  #noteState(node: number): void {
    const { simulation } = this.#world!;
    const { program, status } = simulation.hosts[node]!;
    const up = program !== null && status !== 'down';
    const state = up ? (this.#read?.(program, (id) => simulation.nameOf(id)) ?? PLAIN_UP) : null;
    const look = state === null ? this.#down : this.#lookNumber(state);
    const delta = state === null ? null : this.#fields[node]!.change(state);
    if (delta === null && look === this.#current[node]) return;
    this.#current[node] = look;
    this.#rows.push(simulation.trace.rows - 1);
    this.#nodes.push(node);
    this.#stateLooks.push(look);
    this.#deltas.push(delta ?? {});
  }

  #lookNumber({ tone, role, label }: Look): number {
    const name = JSON.stringify([tone, role, label]);
    let number = this.#lookNumbers.get(name);
    if (number === undefined) {
      number = this.looks.length;
      this.looks.push({ tone, role, label });
      this.#lookNumbers.set(name, number);
    }
    return number;
  }

  #noteClock(node: number): void {
    const { nowUs, hosts } = this.#world!.simulation;
    const { clock } = hosts[node]!;
    const reading = clock.wallUs(nowUs);
    const offsetUs = reading - nowUs;
    const driftPpm = clock.wallUs(nowUs + DRIFT_BASE_US) - reading - DRIFT_BASE_US;
    const before = this.clocks.findLast((point) => point.node === node);
    if (before === undefined && offsetUs === 0 && driftPpm === 0) return;
    this.clocks.push({ node, timeUs: nowUs, offsetUs, driftPpm });
  }
}

/** A node of a protocol, or of a kind, that shows nothing of its state. */
const PLAIN_UP: LaneState = { tone: 'rest', role: 'up', label: '', fields: {} };
