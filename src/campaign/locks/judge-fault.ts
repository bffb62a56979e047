import { PROTOCOLS } from '../../scenario/registry.ts';
import { runScenario } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import { compileDocument, type ScenarioDocument } from '../documents/document.ts';
import { SCRIPT, type LockFault } from './lock-fault.ts';
import type { LockScheme } from './scheme.ts';

/** The three notions of holding a lock. */
export const NOTIONS = ['grant', 'belief', 'effect'] as const;
export type Notion = (typeof NOTIONS)[number];

/** What one run showed. */
export interface Damage {
  readonly broken: Readonly<Record<Notion, boolean>>;
  /** Longest time that somebody believed after the service had ended its grant, µs. */
  readonly overrunUs: number;
}

/** One cell of the table: a scheme under a fault. */
export interface Cell extends Damage {
  readonly scheme: LockScheme;
  readonly fault: LockFault;
  /** The smallest severity that breaks a notion; null: none up to the greatest. Equal to 0 where there is no severity. */
  readonly smallest: Readonly<Record<Notion, number | null>>;
}

/** Search ends when it knows the smallest severity this well: 1 ms, a hundredth of a per cent. */
const RESOLUTION = { us: 1_000, ppm: 100 } as const;
const SEED = '1';

/** Judges a scheme under a fault, and searches for the smallest fault that breaks each notion. */
export function judgeFault(scheme: LockScheme, fault: LockFault): Cell {
  const known = new Map<number, Damage>();
  const at = (severity: number): Damage => {
    const damage = known.get(severity) ?? damageOf(runUnder(scheme, fault, severity));
    known.set(severity, damage);
    return damage;
  };
  const smallest = Object.fromEntries(
    NOTIONS.map((notion) => [
      notion,
      smallestThat(fault, (severity) => at(severity).broken[notion]),
    ]),
  ) as Record<Notion, number | null>;
  return { scheme, fault, smallest, ...at(fault.shown) };
}

/** Bisection: what a fault breaks, a greater one of its kind breaks too. */
function smallestThat(
  { unit, most }: LockFault,
  breaks: (severity: number) => boolean,
): number | null {
  if (!breaks(most)) return null;
  if (unit === null) return 0;
  let [holds, broken] = [0, most];
  while (broken - holds > RESOLUTION[unit]) {
    const middle = holds + Math.floor((broken - holds) / 2 / RESOLUTION[unit]) * RESOLUTION[unit];
    const next = middle === holds ? broken - RESOLUTION[unit] : middle;
    if (breaks(next)) broken = next;
    else holds = next;
  }
  return broken;
}

function damageOf(result: RunResult): Damage {
  const violated = (name: string): boolean =>
    result.properties.some((property) => property.name === name && property.verdict === 'violated');
  return {
    broken: {
      grant: violated('mutual-exclusion-grant'),
      belief: violated('mutual-exclusion-belief'),
      effect: violated('mutual-exclusion-effect'),
    },
    overrunUs: figureOf(result, 'overrun-max'),
  };
}

/** @throws Error when the protocol does not measure it. */
export function figureOf({ figures, scenario }: RunResult, name: string): number {
  const figure = figures.find((one) => one.name === name);
  if (figure === undefined) throw new Error(`${scenario.protocol.name} has no figure "${name}"`);
  return figure.value;
}

function runUnder(scheme: LockScheme, fault: LockFault, severity: number): RunResult {
  const document = faultDocument(scheme, fault, severity);
  const scenario = compileDocument({
    document,
    file: `${document.name}.yaml`,
    protocols: PROTOCOLS,
  });
  return runScenario(scenario, { seed: SEED });
}

/** The scenario of one cell; written as a file it can be run, shown and shrunk. */
function faultDocument(scheme: LockScheme, fault: LockFault, severity: number): ScenarioDocument {
  const bite = severity === 0 && fault.unit !== null ? [] : fault.faults(scheme, severity);
  return {
    name: `${scheme.id}-${fault.id}`,
    title: `${scheme.title}: ${fault.title}`,
    protocol: scheme.protocol,
    topology: { servers: [...scheme.servers, 'store'], clients: 2 },
    config: { resourceTimeout: '70s', ...scheme.config, ...fault.config(scheme) },
    network: scheme.network,
    disk: { sync: ['1ms', '2ms'], unsynced: 'none' },
    duration: '75s',
    liveness: 'none',
    script: [...(fault.script ?? SCRIPT)],
    faults: [...scheme.handicap, ...bite].map((entry) => ({ ...entry, mayMiss: true })),
    // Everything may be violated, and the run goes on to show the rest.
    properties: Object.fromEntries(
      PROTOCOLS[scheme.protocol]!.invariants.map(({ name }) => [name, 'violated' as const]),
    ),
  };
}
