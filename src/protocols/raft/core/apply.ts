import type { Entry } from '../entry.ts';
import type { ApplyResult } from '../state-machine.ts';
import { LogWriter } from './log-writer.ts';

/** "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine" (Raft Figure 2). */
export abstract class Apply extends LogWriter {
  /** Raises the commit index, never lowers it, and applies what became committed. */
  protected advanceCommit(index: number, counted: boolean): void {
    if (index <= this.commitIndex) return;
    const from = this.commitIndex;
    this.commitIndex = index;
    this.observer?.commitAdvanced(this, from, counted);
    this.applyCommitted();
  }

  protected applyCommitted(): void {
    while (this.lastApplied < this.commitIndex) {
      const next = this.lastApplied + 1;
      const entry = this.log.at(next);
      if (entry === undefined)
        throw new Error(
          `${this.name()}: index ${next} is committed but not in the log, which ends at ${this.log.lastIndex}`,
        );
      this.lastApplied = next;
      const result = this.applyEntry(entry);
      this.observer?.applied(this, entry, result, this.machine.stateHash);
      this.entryApplied(entry, result);
    }
  }

  /** A deterministic function of the entry and the state before it (seed document: replicated state machine). */
  protected applyEntry(entry: Entry): ApplyResult {
    return this.machine.apply(entry);
  }
}
