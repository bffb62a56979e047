import type { RunResult } from '../scenario/run-result.ts';
import { reproduceCommand } from './reproduce.ts';

/** One run as data, the shape that DESIGN §6 fixes (and more). Seeds and hashes are strings. */
export function runJson(
  result: RunResult,
  reproduce: string = reproduceCommand(result),
): Record<string, unknown> {
  return {
    scenario: result.scenario.name,
    seed: result.seed,
    hash: result.hash,
    events: result.events,
    virtualUs: result.virtualUs,
    properties: result.properties.map((property) => ({
      name: property.name,
      verdict: property.verdict,
      declared: property.declared,
      ...(property.sentence === '' ? {} : { sentence: property.sentence }),
      ...(property.because.length === 0 ? {} : { because: property.because }),
      ...(property.operations.length === 0 ? {} : { operations: property.operations }),
      ...(property.event === null ? {} : { event: property.event }),
      procedure: property.procedure,
    })),
    figures: Object.fromEntries(result.figures.map(({ name, value }) => [name, value])),
    operations: Object.fromEntries(result.operations),
    messages: result.messages,
    faults: result.faults,
    ...(result.core === null ? {} : { core: result.core }),
    exceptions: result.failures.map(({ node, event, timeUs, error }) => ({
      node:
        result.scenario.servers[node] ??
        result.scenario.clients[node - result.scenario.servers.length],
      event,
      timeUs,
      message: error.message,
      stack: error.stack,
    })),
    reproduce,
  };
}
