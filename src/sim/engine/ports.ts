import type { Disk, DiskError, Message, NodeId } from './env.ts';

/** What carries messages between nodes; the network room implements it. */
export interface Transport {
  /** `call` is 0 for a one-way message, positive for a request, negative for the reply to that request. */
  send(from: NodeId, to: NodeId, message: Message, call: number): void;
}

/** What gives nodes their disks; the storage room implements it. */
export interface DiskProvider {
  /** The disk as the given incarnation of the node finds it at its start. */
  open(node: NodeId, incarnation: number): Disk;
}

/** What a world without a network answers. */
export const noTransport: Transport = {
  send: () => {
    throw new Error('this simulation has no network: build one with new Network(simulation, ...)');
  },
};

function noDisk(): never {
  throw new Error('this simulation has no disks: build them with new DiskArray(simulation, ...)');
}

/** What a world without storage answers. */
export const noDisks: DiskProvider = {
  open: () => ({
    read: noDisk,
    append: noDisk,
    truncate: noDisk,
    put: noDisk,
    remove: noDisk,
    sync: noDisk,
  }),
};

/** Why a node went down. */
export type CrashCause = 'process-kill' | 'power-loss' | 'exception' | 'exit';

/** How a process ends itself: thrown by `env.exit`, caught by its host; no failure of the code. */
export class ProcessExit extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ProcessExit';
  }
}

/** An exception that left a node's own code: the node's crash, not the tool's. */
export interface NodeFailure {
  readonly node: NodeId;
  readonly incarnation: number;
  readonly event: number;
  readonly timeUs: number;
  readonly error: Error;
}

/** What befalls a node from outside; its program is told of none. A clock-step is one of the wall clock. */
export type NodeChange = 'crash' | 'pause' | 'resume' | 'clock-step';

/** Who watches a run. Every hook is optional and costs nothing when absent. */
export interface SimulationObserver {
  onMark?(node: NodeId, name: string, detail: Readonly<Record<string, unknown>>): void;
  onSend?(from: NodeId, to: NodeId, message: Message): void;
  onDeliver?(from: NodeId, to: NodeId, message: Message): void;
  onSynced?(node: NodeId, error: DiskError | null): void;
  /** After each event, when all its effects are in place. */
  onEvent?(event: number): void;
  onNodeChange?(node: NodeId, change: NodeChange): void;
  onFailure?(failure: NodeFailure): void;
  onLog?(node: NodeId, text: string): void;
}
