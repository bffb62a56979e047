import * as Kind from '../../sim/engine/event-kind.ts';
import type { RunModel } from './run-model.ts';

/**
 * The rows in which every word of the filter occurs: a node's name (of either end of a message), `kind:drop`, or part of
 * what the row says.
 */
export function filterRows(model: RunModel, filter: string): Int32Array {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const kinds = words.filter((word) => word.startsWith('kind:')).map((word) => word.slice(5));
  const names = model.names.map((name) => name.toLowerCase());
  const nodes = words.filter((word) => names.includes(word)).map((word) => names.indexOf(word));
  const texts = words.filter((word) => !word.startsWith('kind:') && !names.includes(word));
  const { kind, node, peer } = model.data.rows;
  const found: number[] = [];
  for (let row = 0; row < model.count; row += 1) {
    const name = Kind.KIND_NAMES[kind[row]!] ?? '';
    if (!kinds.every((one) => name.startsWith(one))) continue;
    if (!nodes.every((one) => node[row] === one || peer[row] === one)) continue;
    if (texts.length > 0) {
      const said = model.describe(row).toLowerCase();
      if (!texts.every((text) => said.includes(text) || name.includes(text))) continue;
    }
    found.push(row);
  }
  return Int32Array.from(found);
}
