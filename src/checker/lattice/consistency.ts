/** Everything that {@link checkAll} judges, strongest first within a family. */
export const CONSISTENCIES = [
  'linearizable',
  'sequential',
  'causal-memory',
  'causal-convergence',
  'weak-causal',
  'pram',
  'writes-follow-reads',
  'monotonic-writes',
  'monotonic-reads',
  'read-your-writes',
  'quiescent-convergence',
  'strict-serializable',
  'strong-session-serializable',
  'serializable',
  'repeatable-read',
  'strong-snapshot-isolation',
  'strong-session-snapshot-isolation',
  'snapshot-isolation',
  'read-atomic',
  'read-committed',
] as const;

export type Consistency = (typeof CONSISTENCIES)[number];

/**
 * Other names. `causal` alone is weak causal consistency (CC): a store that implements any of the three meanings passes
 * it, so whoever fails it is causal in none of them. CM and CCv are asked for by name; neither implies the other.
 */
const ALIASES: Readonly<Record<string, Consistency>> = {
  linearizability: 'linearizable',
  'sequential-consistency': 'sequential',
  causal: 'weak-causal',
  cc: 'weak-causal',
  ccv: 'causal-convergence',
  'causal+': 'causal-convergence',
  cm: 'causal-memory',
  'pipelined-memory': 'pram',
  fifo: 'pram',
  ryw: 'read-your-writes',
  mr: 'monotonic-reads',
  mw: 'monotonic-writes',
  wfr: 'writes-follow-reads',
  convergence: 'quiescent-convergence',
  convergent: 'quiescent-convergence',
  'strict-serializability': 'strict-serializable',
  'strong-serializable': 'strict-serializable',
  serializability: 'serializable',
  si: 'snapshot-isolation',
  ra: 'read-atomic',
  rc: 'read-committed',
};

/** The consistency that people mean by a name, in any case and with spaces or underscores for hyphens. */
export function consistencyNamed(name: string): Consistency | undefined {
  const plain = name.toLowerCase().replaceAll(/[\s_]+/g, '-');
  return CONSISTENCIES.find((known) => known === plain) ?? ALIASES[plain];
}

/**
 * What implies what, direct steps only. By definition: a linearization keeps every process's order; one order of all is
 * everyone's view and everyone's arbitration; views that keep the causal order keep program order; and so on. CC implies
 * only read-your-writes of the session guarantees: it lets a client flip between concurrent writes.
 */
export const IMPLICATIONS: readonly (readonly [stronger: Consistency, weaker: Consistency])[] = [
  ['linearizable', 'sequential'],
  ['linearizable', 'quiescent-convergence'],
  ['sequential', 'causal-memory'],
  ['sequential', 'causal-convergence'],
  ['causal-memory', 'weak-causal'],
  ['causal-memory', 'pram'],
  ['causal-memory', 'writes-follow-reads'],
  ['causal-convergence', 'weak-causal'],
  ['causal-convergence', 'monotonic-reads'],
  ['causal-convergence', 'monotonic-writes'],
  ['causal-convergence', 'writes-follow-reads'],
  ['weak-causal', 'read-your-writes'],
  ['pram', 'read-your-writes'],
  ['pram', 'monotonic-reads'],
  ['pram', 'monotonic-writes'],
  ['strict-serializable', 'strong-session-serializable'],
  ['strict-serializable', 'strong-snapshot-isolation'],
  ['strong-session-serializable', 'serializable'],
  ['strong-session-serializable', 'strong-session-snapshot-isolation'],
  ['serializable', 'repeatable-read'],
  ['serializable', 'snapshot-isolation'],
  ['strong-snapshot-isolation', 'strong-session-snapshot-isolation'],
  ['strong-session-snapshot-isolation', 'snapshot-isolation'],
  ['snapshot-isolation', 'read-atomic'],
  ['repeatable-read', 'read-atomic'],
  ['read-atomic', 'read-committed'],
];
