import type { Change } from '../bank.ts';
import type { Image, ServiceRecord } from './records.ts';
import { StepBook } from './step-book.ts';

/** A book that takes steps back by what the rows were before, as Seata's AT mode does with its undo log. */
export class ImageBook extends StepBook {
  /** The undo log of a step that is about to act. */
  imagesOf(changes: readonly Change[]): readonly Image[] {
    return changes.map(({ account, delta }) => {
      const before = this.amount(account);
      return { account, before, after: before + delta };
    });
  }

  /** The image after the step is no longer what is there: somebody else has written the row, and his write would be lost. */
  dirty(key: string): string | null {
    const known = this.fence.get(key);
    if (known?.kind !== 'acted') return null;
    const dirty = known.images.find(({ account, after }) => this.amount(account) !== after);
    return dirty?.account ?? null;
  }

  protected override change({ kind, images }: ServiceRecord): void {
    for (const { account, before, after } of images)
      this.amounts.set(account, kind === 'acted' ? after : before);
  }
}
