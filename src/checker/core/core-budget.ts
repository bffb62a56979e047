/** What the search for a core may still spend; one for all its trials. */
export class CoreBudget {
  #left: number;

  /** `work`: configurations, and operations gone through to prepare a trial. */
  constructor(work: number) {
    this.#left = work;
  }

  get left(): number {
    return Math.max(0, this.#left);
  }

  spend(work: number): void {
    this.#left -= work;
  }
}
