import type { Problems } from './problems.ts';
import type { WorkloadPlan } from './scenario.ts';
import type { ScenarioFile } from './schema.ts';
import { parseDurationUs } from './units.ts';

/** The `workload:` section: what clients do of their own accord. Which operations there are is checked elsewhere. */
export function compileWorkload(
  workload: ScenarioFile['workload'],
  clients: readonly string[],
  durationUs: number,
  problems: Problems,
): WorkloadPlan | null {
  if (workload === undefined) return null;
  if (clients.length === 0)
    problems.add(['workload'], 'a workload without clients', 'add topology.clients');
  const mix = Object.entries(workload.mix).map(([f, weight]) => ({ f, weight }));
  if (mix.every(({ weight }) => weight === 0))
    problems.add(['workload', 'mix'], 'all weights are 0', 'give one operation a weight');
  const [thinkMin, thinkMax] = workload.think ?? ['1ms', '30ms'];
  const [thinkMinUs, thinkMaxUs] = [parseDurationUs(thinkMin), parseDurationUs(thinkMax)];
  if (thinkMinUs > thinkMaxUs)
    problems.add(
      ['workload', 'think'],
      `the range [${thinkMin}, ${thinkMax}] ends before it begins`,
      'write the smaller one first',
    );
  const fromUs = workload.from === undefined ? 0 : parseDurationUs(workload.from);
  if (fromUs >= durationUs)
    problems.add(
      ['workload', 'from'],
      'the workload begins when the fault phase is over',
      'raise `duration` or begin earlier',
    );
  return {
    operations: workload.operations ?? Infinity,
    mix,
    keys: workload.keys ?? 1,
    values: workload.values ?? 'unique',
    thinkMinUs,
    thinkMaxUs,
    fromUs,
  };
}
