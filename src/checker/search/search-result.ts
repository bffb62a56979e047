/** What a search found out about one object. Operation numbers are the task's. */
export type SearchResult =
  | {
      readonly outcome: 'linearizable';
      readonly work: number;
      /** The order found, when it was asked for. Crashed operations that were not needed are left out. */
      readonly order: readonly number[] | undefined;
    }
  | {
      readonly outcome: 'violated';
      readonly work: number;
      /** The completion that no linearization survives, and its operation. */
      readonly failedReturn: number;
      readonly failedOperation: number;
      /** States the object could be in just before. */
      readonly statesBefore: readonly number[];
    }
  | {
      readonly outcome: 'exhausted';
      readonly work: number;
      readonly resource: 'configurations' | 'bytes';
      /** So many completions, from the first, were proven to linearize. */
      readonly provenReturns: number;
      readonly open: number;
      readonly crashed: number;
      readonly configurations: number;
    };
