const SMALL = `title: for a test
protocol: raft
topology: { servers: 3, clients: 2 }
duration: 600ms
`;
const WORKLOAD = 'workload: { mix: { read: 1, write: 1 }, think: [5ms, 20ms] }\n';

/** Short scenarios by what becomes of them under any seed. */
export const SCENARIOS = {
  passes: `name: passes\n${SMALL}${WORKLOAD}`,
  /** Votes only for a better log: there is never a leader. */
  fails: `name: fails\n${SMALL}${WORKLOAD}bug: equal-log-refused\nliveness: 1s\n`,
  /** Its fault waits for an election that never comes. */
  vacuous: `name: vacuous\n${SMALL}${WORKLOAD}faults:\n  - { id: f1, kind: kill, target: n1, when: { mark: leader, nth: 50 } }\n`,
  /** Its faults change the run, and can be left out. */
  faulty: `name: faulty\n${SMALL}${WORKLOAD}faults:\n  - { id: f1, kind: kill, target: leader, at: 300ms, for: 100ms, mayMiss: true }\n  - { id: f2, kind: isolate, target: n2, at: 450ms, for: 50ms, mayMiss: true }\n`,
  /** Under about two of five seeds: reads of a deposed leader that does not ask anybody. */
  stale: `name: stale
title: A deposed leader answers reads from its own state
protocol: raft
topology: { servers: 3, clients: 4 }
config: { reads: leaderLocal, checkQuorum: false }
duration: 2s
workload: { mix: { read: 9, write: 1 }, think: [5ms, 20ms] }
faults:
  - { id: f1, kind: one-way, from: leader, to: followers, at: 500ms, for: 1s }
  - { id: f2, kind: one-way, from: followers, to: leader, at: 500ms, for: 1s }
`,
} as const;
