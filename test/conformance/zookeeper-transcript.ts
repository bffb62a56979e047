import type { Stat } from '../../src/protocols/zookeeper/txn.ts';
import type { EventType } from '../../src/protocols/zookeeper/watches.ts';

/** What one step was answered, and what both clients were told meanwhile. */
export interface Observed {
  readonly status: string;
  readonly path?: string | null;
  readonly data?: string | null;
  readonly children?: readonly string[] | null;
  readonly stat?: Stat | null;
  readonly results?: readonly {
    readonly status: string;
    readonly path?: string | null;
    readonly stat?: Stat | null;
  }[];
  /** By client, in the order in which they came. */
  readonly events: readonly (readonly (readonly [EventType, string])[])[];
  /** Of an expiry: whether the session ended within its window. */
  readonly inWindow?: boolean;
}

/** When a run was, on the clock of the server that wrote the times. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * A run as text that two servers can be compared by: zxids by their rank, sessions by who opened them in which order,
 * times by what must be true of them. Several nodes that end with one session are told of in any order.
 */
export function transcript(
  observed: readonly Observed[],
  sessions: readonly number[],
  span: Span,
): readonly string[] {
  const zxids = new Set<number>();
  for (const { stat, results = [] } of observed)
    for (const one of [stat, ...results.map((result) => result.stat)])
      if (one !== null && one !== undefined)
        for (const zxid of [one.czxid, one.mzxid, one.pzxid]) zxids.add(zxid);
  const ranks = new Map([...zxids].sort((a, b) => a - b).map((zxid, rank) => [zxid, rank]));
  const statText = (stat: Stat): string => {
    const { czxid, mzxid, pzxid, ctime, mtime, ephemeralOwner } = stat;
    const owner = ephemeralOwner === 0 ? '-' : `session ${sessions.indexOf(ephemeralOwner)}`;
    const right =
      ctime >= span.fromMs &&
      ctime <= mtime &&
      mtime <= span.toMs &&
      (mzxid !== czxid || mtime === ctime);
    const counts = [stat.version, stat.cversion, stat.aversion, stat.dataLength, stat.numChildren];
    const order = [czxid, mzxid, pzxid].map((zxid) => ranks.get(zxid)!);
    return `${order.join(' ')} | ${counts.join(' ')} | ${owner}${right ? '' : ' | wrong times'}`;
  };
  return observed.map((one) => {
    const words = [one.status];
    if (typeof one.path === 'string') words.push(one.path);
    if (one.data !== undefined) words.push(JSON.stringify(one.data));
    if (one.children !== undefined && one.children !== null)
      words.push([...one.children].sort(byText).join(','));
    if (one.stat !== undefined && one.stat !== null) words.push(`(${statText(one.stat)})`);
    for (const result of one.results ?? [])
      words.push(
        `[${[result.status, result.path ?? '', result.stat ? statText(result.stat) : ''].join(' ').trim()}]`,
      );
    if (one.inWindow !== undefined)
      words.push(one.inWindow ? 'in the window' : 'out of the window');
    for (const [client, events] of one.events.entries()) {
      if (events.length === 0) continue;
      const texts = events.map(([event, path]) => `${event} ${path}`);
      const ending = one.status === 'closed' || one.status === 'expired';
      words.push(`c${client}: ${(ending ? texts.sort(byText) : texts).join(', ')}`);
    }
    return words.join(' ');
  });
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
