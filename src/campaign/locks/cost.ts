import { PROTOCOLS } from '../../scenario/registry.ts';
import { runScenario } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import type { World } from '../../scenario/world.ts';
import { compileDocument, type ScenarioDocument } from '../documents/document.ts';
import type { LockScheme } from './scheme.ts';

/** What a lock costs under one workload, per grant where it says so. Times in virtual µs. */
export interface LockCost {
  readonly scheme: LockScheme;
  readonly grants: number;
  readonly messagesPerGrant: number;
  readonly syncsPerGrant: number;
  readonly waitMedianUs: number;
  readonly wait99Us: number;
  /** Jain's fairness index of all waiting times: 1 when all wait equally long, towards 0 when few wait for all. */
  readonly evenness: number;
  /** Most later askers that got a lock before somebody who waited for it. */
  readonly overtakes: number;
}

const CLIENTS = 50;
const KEYS = 10;
/** Sessions and leaders stand by then. */
const FROM_US = 3_000_000;
const SEED = '1';

interface Wait {
  readonly key: string;
  readonly askedUs: number;
  readonly grantedUs: number;
}

/** Runs the workload: 50 clients, 10 locks, healthy network. Messages and syncs of the protected resource are not counted. */
export function lockCost(scheme: LockScheme): LockCost {
  const document = costDocument(scheme);
  const scenario = compileDocument({ document, file: 'cost.yaml', protocols: PROTOCOLS });
  const used = { messages: 0, syncs: 0 };
  const result = runScenario(scenario, {
    seed: SEED,
    prepare: (world) => {
      countUse(world, used);
    },
  });
  const waits = waitsOf(result);
  const times = waits.map(({ askedUs, grantedUs }) => grantedUs - askedUs).sort((a, b) => a - b);
  return {
    scheme,
    grants: waits.length,
    messagesPerGrant: used.messages / waits.length,
    syncsPerGrant: used.syncs / waits.length,
    waitMedianUs: times[Math.floor(waits.length / 2)]!,
    wait99Us: times[Math.floor(waits.length * 0.99)]!,
    evenness: jainIndex(times),
    overtakes: Math.max(...waits.map((wait) => overtakesOf(wait, waits))),
  };
}

function costDocument(scheme: LockScheme): ScenarioDocument {
  return {
    name: `${scheme.id}-cost`,
    title: `${scheme.title}: what a lock costs`,
    protocol: scheme.protocol,
    topology: { servers: [...scheme.servers, 'store'], clients: CLIENTS },
    config: { ...scheme.config, hold: ['5ms', '20ms'] },
    network: scheme.network,
    disk: { sync: ['1ms', '2ms'] },
    duration: '8s',
    liveness: 'none',
    workload: { mix: { increment: 1 }, keys: KEYS, think: ['100ms', '500ms'], from: '3s' },
  };
}

/** Counts what the lock service does, from outside. */
function countUse({ simulation, servers }: World, used: { messages: number; syncs: number }): void {
  const store = servers.at(-1)!;
  const { observer } = simulation;
  simulation.observer = {
    ...observer,
    onSend: (from, to, message) => {
      if (from !== store && to !== store && simulation.nowUs >= FROM_US) used.messages += 1;
      observer?.onSend?.(from, to, message);
    },
    onSynced: (node, error) => {
      if (node !== store && simulation.nowUs >= FROM_US) used.syncs += 1;
      observer?.onSynced?.(node, error);
    },
  };
}

/** Every lock that was had, with when it had been asked for. */
function waitsOf({ world, history, scenario }: RunResult): readonly Wait[] {
  const asked = new Map<number, number[]>();
  for (let index = 0; index < history.length; index += 1) {
    const { process, invokeTimeUs } = history.operation(index);
    const client = scenario.servers.length + (Number(process) % CLIENTS);
    asked.set(client, [...(asked.get(client) ?? []), invokeTimeUs]);
  }
  return world.lockTimeline()!.holds.map(({ client, key, fromUs }) => {
    const askedUs = asked
      .get(client)!
      .filter((us) => us <= fromUs)
      .at(-1)!;
    return { key, askedUs, grantedUs: fromUs };
  });
}

/** Jain, Chiu, Hawe 1984: (Σx)² / (n Σx²). */
export function jainIndex(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
}

function overtakesOf({ key, askedUs, grantedUs }: Wait, waits: readonly Wait[]): number {
  return waits.filter(
    (other) => other.key === key && other.askedUs > askedUs && other.grantedUs < grantedUs,
  ).length;
}
