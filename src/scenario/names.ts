/** What the words of one scenario file may refer to, and where its run ends. */
export interface Names {
  readonly servers: readonly string[];
  readonly clients: readonly string[];
  readonly faultIds: readonly string[];
  /** Faults with neither `for` nor `until`: the heal ends them, and after it nothing begins any more. */
  readonly lastingFaultIds: readonly string[];
  readonly stepIds: readonly string[];
  readonly marks: readonly string[];
  readonly messageTypes: readonly string[];
  /** What the protocol measures. */
  readonly figures: readonly string[];
  readonly maxEvents: number;
  /** When the fault phase ends. */
  readonly endUs: number;
}
