/** Reads the counter of a key on behalf of a lock holder. */
export interface ResourceRead {
  readonly type: 'ResourceRead';
  readonly key: string;
  /** The fencing token of the grant; null when the lock gives none. */
  readonly token: number | null;
  /** Which grant asks: one write of each takes effect, however often it arrives. */
  readonly grant: string;
}

export interface ResourceWrite {
  readonly type: 'ResourceWrite';
  readonly key: string;
  readonly value: number;
  readonly token: number | null;
  readonly grant: string;
}

export interface ResourceReply {
  readonly type: 'ResourceReply';
  /** `stale`: a greater token has been here before. */
  readonly status: 'ok' | 'stale';
  readonly value: number;
}

export const resourceMessageTypes: readonly string[] = [
  'ResourceRead',
  'ResourceWrite',
  'ResourceReply',
];
