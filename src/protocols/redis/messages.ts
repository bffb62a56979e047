import type { Reply } from './reply.ts';
import type { StoredValue } from './value.ts';

/** One command. `type` is the verb, or the script's name, so that faults can be aimed at it. */
export interface RedisRequest {
  readonly type:
    'Set' | 'Get' | 'Incr' | 'Del' | 'Release' | 'Extend' | 'Fence' | 'Queue' | 'Subscribe';
  readonly command: readonly string[];
}

export interface RedisReply {
  readonly type: 'RedisReply';
  readonly reply: Reply;
}

/** To one who listens to the channel. Nobody asks for it, nobody answers it, and one that is lost is not sent again. */
export interface Published {
  readonly type: 'Published';
  readonly channel: string;
  readonly text: string;
}

/** The primary's whole data set, sent after changes and as a heartbeat; its epoch makes an older primary step down. */
export interface Replicate {
  readonly type: 'Replicate';
  readonly epoch: number;
  readonly entries: readonly (readonly [string, StoredValue])[];
}

export const redisMessageTypes: readonly string[] = [
  'Set',
  'Get',
  'Incr',
  'Del',
  'Release',
  'Extend',
  'Fence',
  'Queue',
  'Subscribe',
  'RedisReply',
  'Published',
  'Replicate',
];
