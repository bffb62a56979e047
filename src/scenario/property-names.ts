/** What every run is judged by, whatever the protocol; its invariants come on top. */
export const LINEARIZABLE = 'linearizable';
/** The protocol's witness from inside and the history checker do not contradict each other; else one of them is wrong. */
export const CHECKERS_AGREE = 'checkers-agree';
/** After the heal, every client was served within the stated bound. */
export const LIVENESS = 'liveness';
/** While faults went on, a quorum that none of them touched committed what it had to within the stated bound. */
export const QUORUM_COMMITS = 'quorum-commits';
/** The run came to its end before its limit of events. */
export const ENDS = 'ends';
/** No exception left a node's code. */
export const NO_EXCEPTIONS = 'no-exceptions';
/** Every fault the scenario names began and had an effect; if not, the run proves nothing. */
export const FAULTS_BITE = 'faults-bite';
/** What `require:` asks for happened; if not, the run proves nothing. */
export const COVERAGE = 'coverage';

/** Operations ended, events happened and servers stood as `require:` tells. */
export const AS_TOLD = 'as-told';

export const BUILT_IN_PROPERTIES: readonly string[] = [
  LINEARIZABLE,
  CHECKERS_AGREE,
  LIVENESS,
  QUORUM_COMMITS,
  ENDS,
  NO_EXCEPTIONS,
  FAULTS_BITE,
  COVERAGE,
  AS_TOLD,
];
