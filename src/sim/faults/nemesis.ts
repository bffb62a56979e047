import type { RandomStream } from '../engine/random.ts';
import type { Fault, FaultAction, TargetSelector } from './fault.ts';
import { NEMESIS_KINDS, type NemesisKind, type NemesisProfile } from './nemesis-profile.ts';

const LEADER: TargetSelector = { kind: 'role', role: 'leader' };
const ONE: TargetSelector = { kind: 'random', count: 1 };
const SERVERS: TargetSelector = { kind: 'servers' };
const ONE_CLIENT: TargetSelector = { kind: 'random-clients', count: 1 };
const CLIENTS: TargetSelector = { kind: 'clients' };

/** Draws the schedule of a fault phase from `fromUs` to `untilUs`; ids are `f1`, `f2`, ... */
export function drawSchedule(
  profile: NemesisProfile,
  fromUs: number,
  untilUs: number,
  stream: RandomStream,
): Fault[] {
  const bag = NEMESIS_KINDS.flatMap((kind) =>
    new Array<NemesisKind>(profile.weights[kind] ?? 0).fill(kind),
  );
  const faults: Fault[] = [];
  let atUs = fromUs + stream.between(profile.gapMinUs, profile.gapMaxUs);
  while (atUs < untilUs) {
    const action = drawAction(stream.pick(bag), stream);
    const forUs = stream.between(profile.forMinUs, profile.forMaxUs);
    faults.push({ id: `f${faults.length + 1}`, start: { atUs }, end: { forUs }, action });
    atUs += stream.between(profile.gapMinUs, profile.gapMaxUs);
  }
  return faults;
}

function drawAction(kind: NemesisKind, stream: RandomStream): FaultAction {
  switch (kind) {
    case 'isolate-leader':
      return { kind: 'isolate', target: LEADER };
    case 'isolate-one':
      return { kind: 'isolate', target: ONE };
    case 'isolate-client':
      return { kind: 'isolate', target: ONE_CLIENT };
    case 'halves':
    case 'bridge':
    case 'ring':
      return { kind };
    case 'one-way':
      return { kind, from: leaderOrOne(stream), to: SERVERS };
    case 'one-way-clients':
      return { kind: 'one-way', ...eitherWay(ONE, CLIENTS, stream) };
    case 'flapping':
      return {
        kind,
        target: leaderOrOne(stream),
        cutUs: stream.between(20_000, 200_000),
        healedUs: stream.between(20_000, 200_000),
      };
    case 'drop':
    case 'delay':
    case 'duplicate':
    case 'reorder':
      return { ...AMONG_SERVERS, ...drawHarm(kind, stream) };
    case 'drop-clients':
      return withClients('drop', stream);
    case 'delay-clients':
      return withClients('delay', stream);
    case 'duplicate-clients':
      return withClients('duplicate', stream);
    case 'reorder-clients':
      return withClients('reorder', stream);
    case 'clog':
      return { kind, from: leaderOrOne(stream), to: SERVERS };
    case 'clog-client':
      return { kind: 'clog', ...eitherWay(ONE_CLIENT, SERVERS, stream) };
    case 'kill-leader':
      return { kind: 'kill', target: LEADER };
    case 'kill-one':
      return { kind: 'kill', target: ONE };
    case 'kill-minority':
      return { kind: 'kill', target: { kind: 'minority' } };
    case 'kill-client':
      return { kind: 'kill', target: ONE_CLIENT };
    case 'power-loss-one':
      return { kind: 'power-loss', target: ONE };
    case 'power-loss-majority':
      return { kind: 'power-loss', target: { kind: 'majority' } };
    case 'pause-leader':
      return { kind: 'pause', target: LEADER };
    case 'pause-one':
      return { kind: 'pause', target: ONE };
    case 'pause-client':
      return { kind: 'pause', target: ONE_CLIENT };
    case 'slow-disk':
      return { kind, target: ONE, factor: stream.between(5, 50) };
    case 'stalled-disk':
      return { kind, target: ONE };
    case 'clock-drift':
      return drift(ONE, stream);
    case 'clock-drift-client':
      return drift(ONE_CLIENT, stream);
    case 'clock-step':
      return step(ONE, stream);
    case 'clock-step-client':
      return step(ONE_CLIENT, stream);
    case 'clock-freeze':
      return { kind, target: ONE };
  }
}

const leaderOrOne = (stream: RandomStream): TargetSelector =>
  stream.chance(500_000) ? LEADER : ONE;

function eitherWay(
  from: TargetSelector,
  to: TargetSelector,
  stream: RandomStream,
): { readonly from: TargetSelector; readonly to: TargetSelector } {
  return stream.chance(500_000) ? { from, to } : { from: to, to: from };
}

type MessagesAction = Extract<FaultAction, { kind: 'messages' }>;

const AMONG_SERVERS: MessagesAction = {
  kind: 'messages',
  from: SERVERS,
  to: SERVERS,
  types: null,
  dropPpm: 0,
  duplicatePpm: 0,
  reorderPpm: 0,
  corruptPpm: 0,
  delay: null,
};

function withClients(kind: Harm, stream: RandomStream): MessagesAction {
  return { ...AMONG_SERVERS, ...eitherWay(CLIENTS, SERVERS, stream), ...drawHarm(kind, stream) };
}

type Harm = 'drop' | 'delay' | 'duplicate' | 'reorder';

/** What becomes of messages, and how often. */
function drawHarm(kind: Harm, stream: RandomStream): Partial<MessagesAction> {
  if (kind === 'delay')
    return { delay: { kind: 'uniform', minUs: 0, maxUs: stream.between(10_000, 200_000) } };
  const ppm = stream.between(50_000, 500_000);
  switch (kind) {
    case 'drop':
      return { dropPpm: ppm };
    case 'duplicate':
      return { duplicatePpm: ppm };
    case 'reorder':
      return { reorderPpm: ppm };
  }
}

function drift(target: TargetSelector, stream: RandomStream): FaultAction {
  return { kind: 'clock-drift', target, ppm: stream.between(-100_000, 100_000) };
}

function step(target: TargetSelector, stream: RandomStream): FaultAction {
  return { kind: 'clock-step', target, byUs: stream.between(-2_000_000, 2_000_000) };
}
