import { RandomStream } from '../../sim/engine/random.ts';
import {
  LOSS_PPM,
  MAX_DELAY_US,
  MIN_DELAY_US,
  PING_NODES,
  RESEND_US,
  type Ping,
  type PingResult,
  type PingRun,
} from './ping-workload.ts';

interface PendingEvent {
  readonly timeUs: number;
  readonly order: number;
  readonly from: number;
  readonly to: number;
  /** Null for a resend timer of `channel`, set when `sequence` was sent. */
  readonly message: Ping | null;
  readonly channel: number;
  readonly sequence: number;
}

/**
 * The work written by hand as one would for this job alone: a typed-array heap, message objects, one switch; no nodes,
 * links, faults, trace or hash. It is the yardstick of `bench engine`.
 */
export function runBareLoop(run: PingRun): PingResult {
  const delays = new RandomStream(run.seed, 'delay');
  const losses = new RandomStream(run.seed, 'loss');
  const peers = new RandomStream(run.seed, 'peer');
  const capacity = 1 << 16;
  const times = new Float64Array(capacity);
  const orders = new Float64Array(capacity);
  const slots = new Int32Array(capacity);
  const events = new Array<PendingEvent | undefined>(capacity).fill(undefined);
  const free = Array.from({ length: capacity }, (_, index) => index);
  let size = 0;
  let order = 0;
  let nowUs = 0;

  const push = (event: PendingEvent): void => {
    const slot = free.pop()!;
    events[slot] = event;
    let hole = size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (
        times[parent]! < event.timeUs ||
        (times[parent] === event.timeUs && orders[parent]! < event.order)
      )
        break;
      times[hole] = times[parent]!;
      orders[hole] = orders[parent]!;
      slots[hole] = slots[parent]!;
      hole = parent;
    }
    times[hole] = event.timeUs;
    orders[hole] = event.order;
    slots[hole] = slot;
  };
  const pop = (): PendingEvent => {
    const slot = slots[0]!;
    const event = events[slot]!;
    events[slot] = undefined;
    free.push(slot);
    size -= 1;
    const time = times[size]!;
    const lastOrder = orders[size]!;
    const lastSlot = slots[size]!;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      if (
        child + 1 < size &&
        (times[child + 1]! < times[child]! ||
          (times[child + 1] === times[child] && orders[child + 1]! < orders[child]!))
      )
        child += 1;
      if (time < times[child]! || (time === times[child] && lastOrder < orders[child]!)) break;
      times[hole] = times[child]!;
      orders[hole] = orders[child]!;
      slots[hole] = slots[child]!;
      hole = child;
    }
    times[hole] = time;
    orders[hole] = lastOrder;
    slots[hole] = lastSlot;
    return event;
  };

  const sequences = new Int32Array(PING_NODES * run.channels);
  const targets = new Int32Array(PING_NODES * run.channels);
  const send = (from: number, to: number, message: Ping): void => {
    if (losses.chance(LOSS_PPM)) return;
    const timeUs = nowUs + delays.between(MIN_DELAY_US, MAX_DELAY_US);
    push({ timeUs, order: order++, from, to, message, channel: 0, sequence: 0 });
  };
  const ping = (node: number, channel: number): void => {
    const at = node * run.channels + channel;
    const sequence = sequences[at]!;
    send(node, targets[at]!, { type: 'ping', channel, sequence });
    const timeUs = nowUs + RESEND_US;
    push({ timeUs, order: order++, from: node, to: node, message: null, channel, sequence });
  };
  const begin = (node: number, channel: number): void => {
    const at = node * run.channels + channel;
    sequences[at]! += 1;
    targets[at] = (node + 1 + peers.below(PING_NODES - 1)) % PING_NODES;
    ping(node, channel);
  };

  for (let node = 0; node < PING_NODES; node += 1)
    for (let channel = 0; channel < run.channels; channel += 1) begin(node, channel);
  let delivered = 0;
  let checksum = 0;
  while (delivered < run.messages) {
    const event = pop();
    nowUs = event.timeUs;
    const { message, to } = event;
    if (message === null) {
      if (sequences[to * run.channels + event.channel] === event.sequence) ping(to, event.channel);
      continue;
    }
    delivered += 1;
    checksum = (checksum + message.sequence) | 0;
    if (message.type === 'ping')
      send(to, event.from, { type: 'pong', channel: message.channel, sequence: message.sequence });
    else if (sequences[to * run.channels + message.channel] === message.sequence)
      begin(to, message.channel);
  }
  return { delivered, checksum };
}
