import { programData, type PlainData } from '../../report/trace/program-data.ts';
import type { RecordedRun } from '../../report/trace/recorded-run.ts';
import { runScenario } from '../../scenario/run.ts';

/** A node's program before and after an event. */
export interface InspectedNode {
  readonly before: PlainData;
  readonly after: PlainData;
  readonly status: string;
}

/** Runs again up to the event and looks at the node: nothing of a program is kept while one steps. */
export function inspectNode(run: RecordedRun, node: number, event: number): InspectedNode {
  const { scenario, seed, schedule } = run.result;
  let before: PlainData = null;
  const again = runScenario(scenario, {
    seed,
    schedule,
    untilEvent: event,
    prepare: ({ simulation }) => {
      const observer = simulation.observer ?? {};
      const onEvent = observer.onEvent?.bind(observer);
      observer.onEvent = (now) => {
        if (now === event - 1) before = programData(simulation.hosts[node]!.program);
        onEvent?.(now);
      };
      simulation.observer = observer;
    },
  });
  const { program, status } = again.world.simulation.hosts[node]!;
  return { before, after: programData(program), status };
}
