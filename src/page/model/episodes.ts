import * as Kind from '../../sim/engine/event-kind.ts';
import type { RunModel } from './run-model.ts';

/** A stretch in which a node was down or paused. `toRow` is the number of rows when it never ended. */
export interface Episode {
  readonly node: number;
  readonly kind: 'down' | 'paused';
  readonly fromRow: number;
  readonly toRow: number;
  readonly reason: string;
}

export function episodesOf(model: RunModel): Episode[] {
  const { kind, node } = model.data.rows;
  const open = new Map<string, Episode>();
  const episodes: Episode[] = [];
  const begin = (row: number, what: Episode['kind'], reason: string): void => {
    const episode = { node: node[row]!, kind: what, fromRow: row, toRow: model.count, reason };
    open.set(`${what} ${node[row]!}`, episode);
  };
  const end = (row: number, what: Episode['kind']): void => {
    const name = `${what} ${node[row]!}`;
    const episode = open.get(name);
    if (episode === undefined) return;
    episodes.push({ ...episode, toRow: row });
    open.delete(name);
  };
  for (let row = 0; row < model.count; row += 1) {
    if (kind[row] === Kind.CRASH) {
      end(row, 'paused');
      const reason = model.payload(row);
      begin(row, 'down', typeof reason === 'string' ? reason : 'crash');
    } else if (kind[row] === Kind.START) end(row, 'down');
    else if (kind[row] === Kind.PAUSE) begin(row, 'paused', 'paused');
    else if (kind[row] === Kind.RESUME) end(row, 'paused');
  }
  return [...episodes, ...open.values()];
}
