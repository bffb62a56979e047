/** Return codes of the X/Open XA specification (C193, 1991), chapter 5 and `xa.h`. */
export const XA = {
  OK: 0,
  RDONLY: 3,
  RETRY: 4,
  HEURMIX: 5,
  HEURRB: 6,
  HEURCOM: 7,
  HEURHAZ: 8,
  RBROLLBACK: 100,
  RBDEADLOCK: 102,
  RBINTEGRITY: 103,
  RBTIMEOUT: 106,
  RMERR: -3,
  NOTA: -4,
  INVAL: -5,
  PROTO: -6,
  RMFAIL: -7,
  DUPID: -8,
} as const;

export type XaCode = (typeof XA)[keyof typeof XA];

/** How far a branch is: XA table 6-4, with the heuristic ends. */
export type BranchState =
  'active' | 'ended' | 'rollbackOnly' | 'prepared' | 'heuristicCommit' | 'heuristicRollback';

export type Outcome = 'commit' | 'abort';

/** The longest `gtrid` an xid may have, in bytes; names here are ASCII. */
export const MAX_GTRID_BYTES = 64;
