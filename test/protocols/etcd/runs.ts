import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import type { RunResult } from '../../../src/scenario/run-result.ts';
import { runScenario } from '../../../src/scenario/run.ts';

export type Document = Readonly<Record<string, unknown>>;

/** A bundled scenario, to be varied. */
export function documentOf(name: string): Document {
  const file = new URL(`../../../scenarios/etcd/${name}.yaml`, import.meta.url);
  return parse(readFileSync(file, 'utf8')) as Document;
}

export function runOf(document: Document, seed: string): RunResult {
  return runScenario(compileScenario(JSON.stringify(document), 'varied.yaml', PROTOCOLS), { seed });
}

/** What of a run is not as its file declares it. */
export function complaintsOf({ properties }: RunResult): readonly string[] {
  return properties
    .filter(({ verdict, declared }) => verdict !== declared)
    .map(({ name, verdict, sentence }) => `${name} ${verdict}: ${sentence}`);
}
