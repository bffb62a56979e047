import type { LockTimeline } from '../protocols/lock-timeline.ts';
import type { RunResult } from '../scenario/run-result.ts';
import { formatDuration } from '../scenario/units.ts';
import { COMPLETE, INVOKE } from '../sim/engine/event-kind.ts';
import type { NodeId } from '../sim/engine/env.ts';
import type { Style } from './format.ts';

const COLUMNS = 72;
const MAX_KEYS = 3;
const WRITES = { applied: 'w', harmful: 'X', refused: 'r' } as const;
const LEGEND =
  '= holds   . waits   ! believes, but the service has ended the grant   w write applied   X applied, does harm   r refused';

interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * Who held, waited for and wrote under each lock, one row a client, over the time in which anything happened; empty for
 * what is no lock service. Needs a run whose trace was kept.
 */
export function lockPicture(result: RunResult, style: Style): string[] {
  const timeline = result.world.lockTimeline();
  if (timeline === null || timeline.holds.length === 0) return [];
  const keys = [...new Set(timeline.holds.map(({ key }) => key))];
  const lines = keys.slice(0, MAX_KEYS).flatMap((key) => keyLines(result, timeline, key));
  if (keys.length > MAX_KEYS) lines.push(`  (and ${keys.length - MAX_KEYS} more locks)`);
  return [...lines, `  ${style.ascii ? LEGEND : LEGEND.replace('.', '·')}`, ''].map((line) =>
    style.ascii ? line.replaceAll('·', '.') : line,
  );
}

function keyLines(result: RunResult, timeline: LockTimeline, key: string): string[] {
  const names = [...result.scenario.servers, ...result.scenario.clients];
  const waits = waitingFor(result, timeline, key);
  const holds = timeline.holds.filter((hold) => hold.key === key);
  const clients = [...new Set([...waits.keys(), ...holds.map(({ client }) => client)])].sort(
    (a, b) => a - b,
  );
  const fromUs = Math.min(
    ...holds.map((hold) => hold.fromUs),
    ...[...waits.values()].flat().map((wait) => wait.fromUs),
  );
  const scale = new Scale(fromUs, result.virtualUs);
  const width = Math.max(6, ...clients.map((client) => names[client]!.length));
  const lines = [`  lock ${key}`.padEnd(width + 4) + scale.heading()];
  for (const client of clients) {
    const row = scale.row();
    for (const wait of waits.get(client) ?? []) scale.fill(row, wait, '·');
    for (const hold of holds.filter((one) => one.client === client)) {
      const endUs = hold.beliefEndUs ?? result.virtualUs;
      const grantEndUs = Math.max(hold.fromUs, Math.min(hold.grantEndUs ?? endUs, endUs));
      // What overran shows in one column at least, whatever else is drawn there.
      if (grantEndUs > hold.fromUs || grantEndUs === endUs)
        scale.fill(row, { fromUs: hold.fromUs, toUs: grantEndUs }, '=');
      if (grantEndUs < endUs) scale.fill(row, { fromUs: grantEndUs, toUs: endUs }, '!');
    }
    for (const write of timeline.writes)
      if (write.key === key && write.client === client)
        scale.put(row, write.atUs, WRITES[write.outcome]);
    lines.push(`  ${names[client]!.padEnd(width)}  ${row.join('').trimEnd()}`);
  }
  const faults = faultRow(result, scale);
  if (faults !== '') lines.push(`  ${'faults'.padEnd(width)}  ${faults}`);
  return [...lines, ''];
}

/** From each request of an operation on this key until its client holds the lock, or gives up. */
function waitingFor(
  result: RunResult,
  { holds }: LockTimeline,
  key: string,
): ReadonlyMap<NodeId, readonly Span[]> {
  const waits = new Map<NodeId, Span[]>();
  const asked = new Map<NodeId, number>();
  const { trace } = result;
  const end = (client: NodeId, timeUs: number): void => {
    const sinceUs = asked.get(client);
    if (sinceUs === undefined) return;
    asked.delete(client);
    const hold = holds.find(
      (one) => one.client === client && one.key === key && one.fromUs >= sinceUs,
    );
    const toUs = hold !== undefined && hold.fromUs <= timeUs ? hold.fromUs : timeUs;
    waits.set(client, [...(waits.get(client) ?? []), { fromUs: sinceUs, toUs }]);
  };
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const { kind, node, timeUs, payload } = trace.row(index);
    if (kind === INVOKE && (payload as { key?: unknown } | undefined)?.key === key)
      asked.set(node, timeUs);
    else if (kind === COMPLETE) end(node, timeUs);
  }
  for (const client of [...asked.keys()]) end(client, result.virtualUs);
  return waits;
}

function faultRow(result: RunResult, scale: Scale): string {
  const row = scale.row();
  for (const { startUs, endUs } of result.faults)
    if (startUs !== null)
      scale.fill(row, { fromUs: startUs, toUs: endUs ?? result.virtualUs }, '*');
  return row.join('').trimEnd();
}

/** Time on the paper: {@link COLUMNS} columns for a run. */
class Scale {
  readonly #fromUs: number;
  readonly #toUs: number;

  constructor(fromUs: number, toUs: number) {
    this.#fromUs = fromUs;
    this.#toUs = Math.max(toUs, fromUs + COLUMNS);
  }

  row(): string[] {
    return new Array<string>(COLUMNS).fill(' ');
  }

  heading(): string {
    const from = formatDuration(this.#fromUs);
    return from + formatDuration(this.#toUs).padStart(COLUMNS - from.length);
  }

  put(row: string[], atUs: number, sign: string): void {
    row[this.#column(atUs)] = sign;
  }

  /** At least one column, so that what is short can be seen. */
  fill(row: string[], { fromUs, toUs }: Span, sign: string): void {
    if (toUs < this.#fromUs) return;
    const [first, last] = [this.#column(fromUs), this.#column(toUs)];
    for (let column = first; column < Math.max(last, first + 1); column += 1) row[column] = sign;
  }

  #column(us: number): number {
    const share = (us - this.#fromUs) / (this.#toUs - this.#fromUs);
    return Math.min(COLUMNS - 1, Math.max(0, Math.floor(share * COLUMNS)));
  }
}
