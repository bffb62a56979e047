import type { ScenarioDocument } from '../campaign/documents/document.ts';
import { writeScenario } from '../campaign/documents/write-scenario.ts';

/** What a swarm draws; the rest is as the scenario says. */
const DRAWN = [
  'topology',
  'config',
  'network',
  'disk',
  'ties',
  'liveness',
  'workload',
  'faults',
  'nemesis',
] as const;

/** The drawn part of a configuration in the words of a scenario file, a line each. */
export function drawnConfiguration(document: ScenarioDocument): string[] {
  const drawn = Object.fromEntries(
    DRAWN.flatMap((key) => (document[key] === undefined ? [] : [[key, document[key]]])),
  ) as unknown as ScenarioDocument;
  return writeScenario(drawn).trimEnd().split('\n');
}
