import type { ServerContext } from '../protocol.ts';
import { groupSize, type PaxosConfig } from './config.ts';
import { Member } from './member.ts';
import type { PaxosMonitor } from './monitor.ts';
import { PaxosParticipant } from './participant.ts';

export interface ServerClasses {
  readonly member: typeof Member;
  readonly participant: typeof PaxosParticipant;
}

/** The first 2F+1 servers of the topology are the commit group; the others manage accounts. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<PaxosConfig, PaxosMonitor>,
  classes: ServerClasses,
): Member | PaxosParticipant {
  return servers.indexOf(env.id) < groupSize(config)
    ? new classes.member(env, config, servers, monitor)
    : new classes.participant(env, config, servers, monitor);
}
