/** The kinds of trace row. The first group are events (dispatched by the loop, counted); the rest happen inside one. */

/** A node boots: first start or restart. */
export const START = 1;
/** A message reaches its node. `peer` is the sender, `a` the call number (0 one-way, negative a reply). */
export const DELIVER = 2;
/** A named timer fires. `a` is the timer's number on its node. */
export const TIMER = 3;
/** A sleeping task wakes, or its call timed out. `a` is the task's number. */
export const WAKE = 4;
/** A disk sync ends. `a` is the token. */
export const SYNCED = 5;
/** Something outside the nodes acts: a fault, a script step, a workload. `peer` is -1. */
export const CONTROL = 6;
/** The next thing in the buffers of a resumed node reaches it. Only in the queue: its row is of the kind that waited. */
export const HANDOVER = 7;
/** The next message piled up on an unclogged link arrives. Only in the queue, as {@link HANDOVER}. */
export const RELEASE = 8;

/** Kinds at or above this are not events of their own but rows inside the event that caused them. */
export const FIRST_INNER_KIND = 16;
export const SEND = 16;
/** A message is lost. `a` is the reason, see {@link DROP_REASONS}. */
export const DROP = 17;
export const MARK = 18;
export const CRASH = 19;
export const PAUSE = 20;
export const RESUME = 21;
export const FAULT_START = 22;
export const FAULT_END = 23;
export const INVOKE = 24;
export const COMPLETE = 25;
export const DUPLICATE = 26;
export const CLOCK = 27;
export const POWER_LOSS = 28;

export const KIND_NAMES: Readonly<Record<number, string>> = {
  [START]: 'start',
  [DELIVER]: 'deliver',
  [TIMER]: 'timer',
  [WAKE]: 'wake',
  [SYNCED]: 'synced',
  [CONTROL]: 'control',
  [SEND]: 'send',
  [DROP]: 'drop',
  [MARK]: 'mark',
  [CRASH]: 'crash',
  [PAUSE]: 'pause',
  [RESUME]: 'resume',
  [FAULT_START]: 'fault-start',
  [FAULT_END]: 'fault-end',
  [INVOKE]: 'invoke',
  [COMPLETE]: 'complete',
  [DUPLICATE]: 'duplicate',
  [CLOCK]: 'clock',
  [POWER_LOSS]: 'power-loss',
};

/** Why a message was lost; a DROP row's `a` indexes this list. */
export const DROP_REASONS = [
  'loss',
  'burst loss',
  'partition',
  'rule',
  'queue full',
  'node down',
  'corrupt',
  'unknown call',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];
