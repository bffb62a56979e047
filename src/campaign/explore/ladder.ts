import { omit } from '../documents/omit.ts';
import { withDocument, type Subject } from '../documents/document.ts';
import type { BugDefinition } from '../../protocols/protocol.ts';
import { parseBounds, type Bounds } from './bounds.ts';
import type { SearchOrder } from './explore.ts';

/** One exploration of a ladder. */
export interface Rung {
  readonly bounds: Bounds;
  readonly order: SearchOrder;
}

/** Small bounds first; each adds one thing that bugs may need. */
const RUNGS: readonly (readonly [SearchOrder, string])[] = [
  ['breadth-first', 'requests=0,timeouts=1'],
  ['breadth-first', 'requests=0,timeouts=1,syncs=1'],
  ['breadth-first', 'requests=0,timeouts=2'],
  ['breadth-first', 'requests=1,timeouts=1'],
  ['breadth-first', 'requests=0,timeouts=1,crashes=1,duplicates=1'],
  ['depth-first', 'requests=1,timeouts=3,crashes=1'],
  ['depth-first', 'requests=2,timeouts=4,clientTimeouts=2,crashes=1'],
  ['depth-first', 'requests=2,timeouts=4,duplicates=1,syncs=1,powerLosses=1'],
];

/** The explorations by which a bug of unknown depth is looked for. */
export function ladder(): Rung[] {
  return RUNGS.map(([order, bounds]) => ({ order, bounds: parseBounds(bounds) }));
}

const SERVERS = 3;

/** Servers of the small cluster that a bug is looked for in. */
export function smallSize(definition: BugDefinition | null): number {
  const { servers, serverNames } = definition?.setup ?? {};
  return serverNames?.length ?? Math.min(4, Math.max(SERVERS, servers ?? SERVERS));
}

/** The subject with the configuration that the bug needs: an exploration draws none. */
export function withSetup(subject: Subject, definition: BugDefinition | null): Subject {
  const { document, protocols } = subject;
  const small = protocols[document.protocol]?.campaign?.small ?? {};
  const config = { ...document.config, ...small, ...definition?.setup?.config };
  return withDocument(subject, {
    ...omit(document, 'script'),
    config,
    ...(document.workload === undefined ? {} : { workload: { ...document.workload, keys: 1 } }),
  });
}
