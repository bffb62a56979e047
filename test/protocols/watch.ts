import type { ProtocolDefinition } from '../../src/protocols/protocol.ts';
import { compileScenario } from '../../src/scenario/compile.ts';
import type { RunResult } from '../../src/scenario/run-result.ts';
import { runScenario } from '../../src/scenario/run.ts';

/** A finished run with the monitor that watched it. */
export interface Watched<Monitor> {
  readonly result: RunResult;
  readonly monitor: Monitor;
}

/** Runs a scenario text of `protocol` once and keeps its monitor. */
export function watchRun<Config, Monitor>(
  protocol: ProtocolDefinition<Config, Monitor>,
  text: string,
  seed = '1',
): Watched<Monitor> {
  let monitor: Monitor | null = null;
  const watched: ProtocolDefinition<Config, Monitor> = {
    ...protocol,
    createMonitor: (...parameters) => (monitor = protocol.createMonitor(...parameters)),
  };
  const scenario = compileScenario(text, 'test.yaml', { [protocol.name]: watched });
  const result = runScenario(scenario, { seed, freeze: true });
  return { result, monitor: monitor! };
}

/** Names of the properties with this verdict. */
export function withVerdict({ properties }: RunResult, verdict: string): readonly string[] {
  return properties.filter((property) => property.verdict === verdict).map(({ name }) => name);
}

/** The value of a figure the run measured. */
export function figureOf({ figures }: RunResult, name: string): number {
  return figures.find((figure) => figure.name === name)!.value;
}

/**
 * Crashes of `node` at every event of the run of `textWith('')`, killed and without power, as long as `forMs`; says what
 * broke where.
 */
export function crashSweep<Config, Monitor>(
  protocol: ProtocolDefinition<Config, Monitor>,
  textWith: (faults: string) => string,
  node: string,
  forMs: number,
): { readonly runs: number; readonly broken: readonly string[] } {
  const { events } = watchRun(protocol, textWith('')).result;
  const broken: string[] = [];
  let runs = 0;
  for (let event = 1; event <= events; event += 1)
    for (const kind of ['kill', 'power-loss']) {
      const fault = `faults: [{ id: crash, when: { event: ${event} }, kind: ${kind}, target: ${node}, for: ${forMs}ms, mayMiss: true }]`;
      runs += 1;
      for (const name of withVerdict(watchRun(protocol, textWith(fault)).result, 'violated'))
        broken.push(`${name} after ${kind} of ${node} at event ${event}`);
    }
  return { runs, broken };
}
