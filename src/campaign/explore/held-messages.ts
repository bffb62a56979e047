import type { Message, NodeId } from '../../sim/engine/env.ts';
import { DELIVER } from '../../sim/engine/event-kind.ts';
import type { Transport } from '../../sim/engine/ports.ts';
import type { Simulation } from '../../sim/engine/simulation.ts';
import type { CausalState, Fingerprints } from './causal-state.ts';

/** A message on its way. */
export interface HeldMessage extends Fingerprints {
  /** The how-many-th that was sent, from 0. */
  readonly sequence: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly call: number;
  readonly digest: number;
  readonly message: Message;
  /** Among those of its type on its link, from 1: how a scenario file names it. */
  readonly nth: number;
}

/** A network that delivers nothing by itself: every message waits until it is told to arrive. */
export class HeldMessages implements Transport {
  /** In the order of sending. */
  readonly held: HeldMessage[] = [];
  readonly #simulation: Simulation;
  readonly #causes: CausalState;
  readonly #counts = new Map<string, number>();
  #sent = 0;

  constructor(simulation: Simulation, causes: CausalState) {
    this.#simulation = simulation;
    this.#causes = causes;
    simulation.transport = this;
    simulation.on(DELIVER, (slot) => {
      const { queue } = simulation;
      simulation.deliver(
        queue.node[slot]!,
        queue.peer[slot]!,
        queue.a[slot]!,
        queue.digest[slot]!,
        queue.payload[slot] as Message,
      );
    });
  }

  send(from: NodeId, to: NodeId, message: Message, call: number): void {
    const simulation = this.#simulation;
    simulation.observer?.onSend?.(from, to, message);
    const link = `${from}>${to} ${message.type}`;
    const nth = (this.#counts.get(link) ?? 0) + 1;
    this.#counts.set(link, nth);
    const digest = simulation.digester.of(message);
    const { a, b } = this.#causes.send(from, to);
    this.held.push({ sequence: this.#sent, from, to, call, digest, message, nth, a, b });
    this.#sent += 1;
  }

  /** The message with this sequence number, which is on its way. */
  find(sequence: number): HeldMessage {
    const found = this.held.find((message) => message.sequence === sequence);
    if (found === undefined) throw new RangeError(`message ${sequence} is not on its way`);
    return found;
  }

  remove(message: HeldMessage): void {
    this.held.splice(this.held.indexOf(message), 1);
  }

  /** Lets it arrive now. */
  deliver({ from, to, call, digest, message }: HeldMessage): void {
    this.#simulation.schedule(this.#simulation.nowUs, DELIVER, to, from, call, digest, message);
  }
}
