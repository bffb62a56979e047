import type { NodeId } from '../../sim/engine/env.ts';
import type { ReportViolation } from '../protocol.ts';
import type { Copies } from './copies.ts';

/** Judges, on every node, whether the locks that are taken at once are there at once, and gone at once. */
export class LockSets {
  readonly #copies: Copies;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  /** By value, of attempts that want several. */
  readonly #keys = new Map<string, readonly string[]>();

  constructor(copies: Copies, nameOf: (id: NodeId) => string, report: ReportViolation) {
    this.#copies = copies;
    this.#nameOf = nameOf;
    this.#report = report;
  }

  began(value: string, keys: readonly string[]): void {
    if (keys.length > 1) this.#keys.set(value, keys);
  }

  /** A command about one of these values has been carried out. */
  answered(node: NodeId, command: readonly string[]): void {
    const value = command.find((word) => this.#keys.has(word));
    if (value === undefined) return;
    const keys = this.#keys.get(value)!;
    const there = keys.filter((key) => this.#copies.isThere(node, key, value));
    if (there.length === 0 || there.length === keys.length) return;
    const missing = keys.filter((key) => !there.includes(key));
    this.#report({
      invariant: 'all-or-nothing',
      sentence: `${this.#nameOf(node)} keeps lock ${there.join(' and ')} of an attempt that wanted ${keys.join(' and ')} at once, and not ${missing.join(' and ')}.`,
      because: [
        'Locks that are taken at once are set, extended and released by one script each.',
        'Two that hold a part of what the other needs wait for each other.',
      ],
      nodes: [node],
    });
  }
}
