import * as Kind from '../../sim/engine/event-kind.ts';
import type { RunModel } from './run-model.ts';

/** How rows stand to a chosen one; 0: apart from it. */
export const PAST = 1;
export const FUTURE = 2;

/** Lamport's happened-before, both ways: which rows may have influenced the chosen one, and which it may have. */
export function cone(model: RunModel, row: number): Uint8Array {
  const grade = new Uint8Array(model.count);
  if (row < 0 || row >= model.count) return grade;
  const { cause } = model.data.rows;
  const { previous } = model;
  grade[row] = PAST;
  for (let at = row; at >= 0; at -= 1) {
    if (grade[at] !== PAST) continue;
    if (cause[at]! >= 0) grade[cause[at]!] = PAST;
    if (previous[at]! >= 0) grade[previous[at]!] = PAST;
  }
  for (let at = row + 1; at < model.count; at += 1) {
    const [before, own] = [cause[at]!, previous[at]!];
    if (before === row || own === row || grade[before] === FUTURE || grade[own] === FUTURE)
      grade[at] = FUTURE;
  }
  return grade;
}

/** The row that made this one happen, most directly; -1 at the beginning of things. */
export function causeOf(model: RunModel, row: number): number {
  const { cause, kind } = model.data.rows;
  if (row < 0) return -1;
  if (cause[row]! >= 0) return cause[row]!;
  // A timer, a wake-up or a sync: something the node did before led to it.
  return kind[row] === Kind.CONTROL ? -1 : model.previous[row]!;
}

/** Rows that this one made happen, most directly: what is inside its event, or the arrival of what it sent. */
export function effectsOf(model: RunModel, row: number, most: number): number[] {
  const { cause } = model.data.rows;
  const found: number[] = [];
  for (let at = row + 1; at < model.count && found.length < most; at += 1)
    if (cause[at] === row) found.push(at);
  if (found.length === 0) {
    const next = nextOnNode(model, row);
    if (next >= 0) found.push(next);
  }
  return found;
}

function nextOnNode(model: RunModel, row: number): number {
  for (let at = row + 1; at < model.count; at += 1) if (model.previous[at] === row) return at;
  return -1;
}

/** Row by row back to a fault, a client's request or the beginning; at most `most` steps. */
export function whyChain(model: RunModel, row: number, most: number): number[] {
  const chain: number[] = [];
  let at = causeOf(model, row);
  while (at >= 0 && chain.length < most) {
    chain.push(at);
    const kind = model.data.rows.kind[at];
    if (kind === Kind.FAULT_START || kind === Kind.INVOKE || kind === Kind.CONTROL) break;
    at = causeOf(model, at);
  }
  return chain;
}
