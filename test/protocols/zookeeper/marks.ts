import { readFileSync } from 'node:fs';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import type { RunResult } from '../../../src/scenario/run-result.ts';
import { runScenario } from '../../../src/scenario/run.ts';

export interface SeenMark {
  readonly atUs: number;
  readonly node: string;
  readonly name: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The text of a bundled scenario. */
export function textOf(name: string): string {
  return readFileSync(
    new URL(`../../../scenarios/zookeeper/${name}.yaml`, import.meta.url),
    'utf8',
  );
}

/** Runs a scenario's text, and keeps every mark that a node made. */
export function marksOf(
  text: string,
  seed: string,
): { readonly result: RunResult; readonly marks: readonly SeenMark[] } {
  const marks: SeenMark[] = [];
  const result = runScenario(compileScenario(text, 'marks.yaml', PROTOCOLS), {
    seed,
    prepare: ({ simulation }) => {
      const { observer } = simulation;
      simulation.observer = {
        ...observer,
        onMark: (node, name, detail) => {
          observer?.onMark?.(node, name, detail);
          const atUs = simulation.nowUs;
          marks.push({ atUs, node: simulation.nameOf(node), name, detail: { ...detail } });
        },
      };
    },
  });
  return { result, marks };
}
