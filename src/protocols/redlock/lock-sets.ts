import type { NodeId } from '../../sim/engine/env.ts';
import type { ReportViolation } from '../protocol.ts';
import type { Copies } from './copies.ts';

/** Judges, on every node, whether the locks that are taken at once are there at once, and gone at once. */
export class LockSets {
  readonly #copies: Copies;
  /** Of an attempt by its value; empty: there is none. */
  readonly #keysOf: (value: string) => readonly string[];
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;

  constructor(
    copies: Copies,
    keysOf: (value: string) => readonly string[],
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
  ) {
    this.#copies = copies;
    this.#keysOf = keysOf;
    this.#nameOf = nameOf;
    this.#report = report;
  }

  /** A command, perhaps about an attempt's value, has been carried out. */
  answered(node: NodeId, command: readonly string[]): void {
    const value = command.find((word) => this.#keysOf(word).length > 0);
    if (value === undefined) return;
    const keys = this.#keysOf(value);
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
