import type { PlainData } from '../../report/trace/program-data.ts';

/** One place of a state: `raft.log.lastIndex`, with what stands there as JSON. */
type Leaves = ReadonlyMap<string, string>;

/** Every leaf of plain data by its path, in order; a short list or object is one leaf. */
export function leavesOf(data: PlainData): Leaves {
  const leaves = new Map<string, string>();
  collect(data, '', leaves);
  return leaves;
}

const SHORT = 60;

function collect(data: PlainData, path: string, leaves: Map<string, string>): void {
  const text = JSON.stringify(data);
  if (data === null || typeof data !== 'object' || (text.length <= SHORT && path !== '')) {
    leaves.set(path === '' ? '(state)' : path, text);
    return;
  }
  for (const [name, field] of Object.entries(data))
    collect(field, path === '' ? name : `${path}.${name}`, leaves);
}

/** What changed from one state to the next, a line a leaf: `- path: old`, `+ path: new`. */
export function stateDiff(before: PlainData, after: PlainData): string[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const lines: string[] = [];
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) continue;
    if (was !== undefined) lines.push(`- ${path}: ${was}`);
    if (is !== undefined) lines.push(`+ ${path}: ${is}`);
  }
  return lines;
}
