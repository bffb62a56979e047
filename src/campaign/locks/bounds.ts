import { PROTOCOLS } from '../../scenario/registry.ts';
import { runScenario } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import { compileDocument, type ScenarioDocument } from '../documents/document.ts';
import { figureOf } from './judge-fault.ts';
import type { LockScheme } from './scheme.ts';

/** A bound that follows from the parameters, and what runs came to. Times in µs. */
export interface LockBound {
  readonly scheme: LockScheme;
  /** What is bounded. */
  readonly what: string;
  /** The formula in words. */
  readonly rule: string;
  readonly boundUs: number;
  /** The greatest of all runs. */
  readonly measuredUs: number;
}

/** Runs of each; the moment of the crash moves through the service's rhythm. */
const RUNS = 8;

function crashMs(scheme: LockScheme, run: number): number {
  return Math.floor((scheme.rhythmUs * run) / RUNS / 1_000);
}

/** From the crash of a holder to the next grant. */
export function nextGrantBound(scheme: LockScheme): LockBound {
  let measuredUs = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const result = runOf(crashDocument(scheme, crashMs(scheme, run)), run);
    const [held, next] = result.world.lockTimeline()!.holds;
    const crashUs = result.faults.find(({ id }) => id === 'dies')!.startUs!;
    if (held === undefined || next === undefined || next.fromUs < crashUs)
      throw new Error(`${scheme.id}: nobody got the lock after the holder's crash`);
    measuredUs = Math.max(measuredUs, next.fromUs - crashUs);
  }
  return {
    scheme,
    what: "next grant after a holder's crash",
    rule: scheme.nextGrantRule,
    boundUs: scheme.nextGrantUs,
    measuredUs,
  };
}

/** Of schemes on Redis: how long what a dead client left behind lives on, and how late a server notices. */
export function redisBounds(scheme: LockScheme): LockBound[] {
  const runs = Array.from({ length: RUNS }, (_, run) =>
    runOf(crashDocument(scheme, crashMs(scheme, run)), run),
  );
  const greatest = (name: string): number => Math.max(...runs.map((run) => figureOf(run, name)));
  return [
    {
      scheme,
      what: 'life of a copy that nobody owns any more',
      rule: 'ttl + active expiry',
      boundUs: 10_100_000,
      measuredUs: greatest('orphan-life-max'),
    },
    {
      scheme,
      what: 'a key is stored after its time is over',
      rule: 'active expiry',
      boundUs: 100_000,
      measuredUs: greatest('late-expiry-max'),
    },
  ];
}

function runOf(document: ScenarioDocument, run: number): RunResult {
  const scenario = compileDocument({ document, file: 'bound.yaml', protocols: PROTOCOLS });
  return runScenario(scenario, { seed: String(run + 1) });
}

function crashDocument(scheme: LockScheme, afterMs: number): ScenarioDocument {
  return {
    name: `${scheme.id}-holder-crash`,
    title: `${scheme.title}: the holder dies`,
    protocol: scheme.protocol,
    topology: { servers: [...scheme.servers, 'store'], clients: 2 },
    config: { ...scheme.config, holds: { c1: '9s' }, hold: '100ms' },
    network: scheme.network,
    disk: { sync: ['1ms', '2ms'] },
    duration: '30s',
    liveness: 'none',
    script: [
      { id: 'a', at: '2s', client: 'c1', do: 'increment', key: 'x' },
      { id: 'b', at: '3s', client: 'c2', do: 'increment', key: 'x' },
    ],
    faults: [
      {
        id: 'dies',
        when: { mark: 'acquired', node: 'c1' },
        after: `${1 + afterMs}ms`,
        kind: 'kill',
        target: 'c1',
      },
    ],
  };
}
