/** Why one step comes before another. */
export type Reason =
  /** Same process, earlier. */
  | { readonly by: 'program' }
  /** The second read what the first wrote. */
  | { readonly by: 'reads' }
  /** `read` returned the second's write although the first, to the same key, was in its past along `path`. */
  | { readonly by: 'past'; readonly read: number; readonly path: readonly Edge[] }
  /** The first read a write that the second overwrote: along `path` the second comes after that write. */
  | { readonly by: 'overwrite'; readonly path: readonly Edge[] };

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly reason: Reason;
}

/** What contradicts a model, in terms of the steps of one execution. */
export type Violation =
  | { readonly kind: 'thin-air'; readonly read: number }
  /** `read` returned the initial value although `write` was in its past. */
  | { readonly kind: 'lost-from-past'; readonly read: number; readonly path: readonly Edge[] }
  /** The steps would have to come before themselves. */
  | { readonly kind: 'cycle'; readonly edges: readonly Edge[] };

/** Every step that a violation speaks of, in ascending order. */
export function stepsOf(violation: Violation): number[] {
  const found = new Set<number>();
  const visit = (edges: readonly Edge[]): void => {
    for (const edge of edges) {
      found.add(edge.from);
      found.add(edge.to);
      if (edge.reason.by === 'past') {
        found.add(edge.reason.read);
        visit(edge.reason.path);
      } else if (edge.reason.by === 'overwrite') visit(edge.reason.path);
    }
  };
  if (violation.kind === 'cycle') visit(violation.edges);
  else found.add(violation.read);
  if (violation.kind === 'lost-from-past') visit(violation.path);
  return [...found].sort((a, b) => a - b);
}
