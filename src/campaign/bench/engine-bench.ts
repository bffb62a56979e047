import { performance } from 'node:perf_hooks';

import { runBareLoop } from './bare-loop.ts';
import { runPingNodes, type NodeStyle } from './ping-nodes.ts';
import type { PingRun } from './ping-workload.ts';

/** Named figures of one benchmark; ratios compare drivers that took turns in this process. */
export type Metrics = Record<string, number>;

const CHANNELS = 10;
const ROUNDS = 7;

/** `bench engine`: delivered messages per second of each driver, and its ratio to the bare loop; medians of interleaved rounds. */
export async function benchEngine(messages: number): Promise<Metrics> {
  const drivers: Readonly<Record<string, (run: PingRun) => unknown>> = {
    bare: runBareLoop,
    traceOff: (run) => runPingNodes(run, 'callbacks', 'off'),
    traceOn: (run) => runPingNodes(run, 'callbacks', 'events'),
    tasks: style('tasks'),
    async: style('async'),
  };
  const rates: Record<string, number[]> = {};
  // Round 0 warms the compiler up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [name, driver] of Object.entries(drivers)) {
      const startMs = performance.now();
      await driver({ seed: `bench-${round}`, channels: CHANNELS, messages });
      const perSecond = messages / ((performance.now() - startMs) / 1000);
      if (round > 0) (rates[name] ??= []).push(perSecond);
    }
  const ratio = (name: string, base: string): number =>
    median(rates[name]!.map((rate, round) => rate / rates[base]![round]!));
  return {
    bareMessagesPerSecond: median(rates['bare']!),
    messagesPerSecondTraceOff: median(rates['traceOff']!),
    messagesPerSecondTraceOn: median(rates['traceOn']!),
    ratioTraceOff: ratio('traceOff', 'bare'),
    ratioTraceOn: ratio('traceOn', 'bare'),
    ratioTasks: ratio('tasks', 'traceOff'),
    ratioAsync: ratio('async', 'traceOff'),
  };
}

function style(name: NodeStyle): (run: PingRun) => unknown {
  return (run) => runPingNodes(run, name, 'off');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
