import { NEMESIS_KINDS, NEMESIS_PROFILES, touchesClients } from '../sim/faults/nemesis-profile.ts';
import type { Problems } from './problems.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioFile } from './schema.ts';
import { parseDurationUs } from './units.ts';

/** The `nemesis:` section: a profile by name, or one changed. */
export function compileNemesis(
  nemesis: ScenarioFile['nemesis'],
  clients: readonly string[],
  durationUs: number,
  problems: Problems,
): Scenario['nemesis'] {
  if (nemesis === undefined) return null;
  const entry = typeof nemesis === 'string' ? { profile: nemesis } : nemesis;
  const base = NEMESIS_PROFILES[entry.profile ?? 'default']!;
  const range = (
    key: 'gap' | 'for',
    fallback: readonly [number, number],
  ): readonly [number, number] => {
    const pair = entry[key];
    if (pair === undefined) return fallback;
    const [minUs, maxUs] = [parseDurationUs(pair[0]), parseDurationUs(pair[1])];
    if (minUs > maxUs || maxUs === 0)
      problems.add(
        ['nemesis', key],
        `the range [${pair.join(', ')}] is empty or ends before it begins`,
        'write the smaller one first',
      );
    return [minUs, maxUs];
  };
  const [gapMinUs, gapMaxUs] = range('gap', [base.gapMinUs, base.gapMaxUs]);
  const [forMinUs, forMaxUs] = range('for', [base.forMinUs, base.forMaxUs]);
  const weights = entry.weights ?? base.weights;
  if (Object.values(weights).every((weight) => weight === 0))
    problems.add(['nemesis', 'weights'], 'all weights are 0', 'give one kind of fault a weight');
  const ofClients = NEMESIS_KINDS.find((kind) => touchesClients(kind) && weights[kind]);
  if (clients.length === 0 && ofClients !== undefined)
    problems.add(
      ['nemesis'],
      `it draws ${ofClients}, and there are no clients`,
      'add topology.clients, or choose kinds of fault among servers',
    );
  const fromUs = entry.from === undefined ? 0 : parseDurationUs(entry.from);
  if (fromUs >= durationUs)
    problems.add(
      ['nemesis', 'from'],
      'the nemesis begins when the fault phase is over',
      'raise `duration`',
    );
  return { profile: { weights, gapMinUs, gapMaxUs, forMinUs, forMaxUs }, fromUs };
}
