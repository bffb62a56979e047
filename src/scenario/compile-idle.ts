import type { LinkProfile } from '../sim/network/link.ts';
import type { Problems } from './problems.ts';
import type { ScenarioFile } from './schema.ts';
import { parseDurationUs } from './units.ts';

/** Virtual µs of the idle phase, 0 without one. It needs a liveness phase before it, and a network that disturbs nobody. */
export function compileIdle(
  file: ScenarioFile,
  profiles: readonly LinkProfile[],
  problems: Problems,
): number {
  const idleUs = file.idle === undefined ? 0 : parseDurationUs(file.idle);
  if (idleUs === 0) return 0;
  if (file.liveness === 'none')
    problems.add(['idle'], 'an idle phase follows a liveness phase', 'set liveness: 5s');
  if (profiles.some(mayDisturb))
    problems.add(
      ['idle'],
      'links that lose or hold back messages by chance may cost a leader its office at any time, idle or not',
      'in `network`, leave out loss, burst, reorder and unbounded latencies, or leave out `idle`',
    );
  return idleUs;
}

/** A link that is cut for good is no chance. */
function mayDisturb({ latency, lossPpm = 0, burst, reorderPpm = 0 }: LinkProfile): boolean {
  const bounded = latency.kind === 'constant' || latency.kind === 'uniform';
  return !bounded || (lossPpm > 0 && lossPpm < 1_000_000) || burst !== undefined || reorderPpm > 0;
}
