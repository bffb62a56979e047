import type { Message, NodeEnv, NodeId, NodeProgram, Task } from '../../sim/engine/env.ts';
import type { RandomStream } from '../../sim/engine/random.ts';
import { Simulation } from '../../sim/engine/simulation.ts';
import type { TraceLevel } from '../../sim/engine/trace.ts';
import { Network } from '../../sim/network/network.ts';
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

export type NodeStyle = 'callbacks' | 'tasks' | 'async';

interface Tally {
  delivered: number;
  checksum: number;
  readonly done: () => void;
  readonly limit: number;
}

function count(tally: Tally, message: Ping): void {
  tally.delivered += 1;
  tally.checksum = (tally.checksum + message.sequence) | 0;
  if (tally.delivered === tally.limit) tally.done();
}

/** The ping node as a synchronous state machine with named timers. */
class CallbackNode implements NodeProgram {
  readonly #env: NodeEnv;
  readonly #tally: Tally;
  readonly #peers: RandomStream;
  readonly #sequences: number[];
  readonly #targets: NodeId[];
  readonly #timerNames: string[];

  constructor(env: NodeEnv, tally: Tally, channels: number) {
    this.#env = env;
    this.#tally = tally;
    this.#peers = env.random('peer');
    this.#sequences = new Array<number>(channels).fill(0);
    this.#targets = new Array<NodeId>(channels).fill(0);
    this.#timerNames = this.#sequences.map((_, channel) => `resend-${channel}`);
  }

  onStart(): void {
    for (let channel = 0; channel < this.#targets.length; channel += 1) this.#begin(channel);
  }

  onMessage(from: NodeId, message: Message): void {
    const ping = message as Ping;
    count(this.#tally, ping);
    if (ping.type === 'ping')
      this.#env.send(from, {
        type: 'pong',
        channel: ping.channel,
        sequence: ping.sequence,
      } as Message);
    else if (this.#sequences[ping.channel] === ping.sequence) this.#begin(ping.channel);
  }

  onTimer(name: string): void {
    this.#ping(this.#timerNames.indexOf(name));
  }

  #begin(channel: number): void {
    this.#sequences[channel]! += 1;
    this.#targets[channel] = anotherNode(this.#env.id, this.#peers);
    this.#ping(channel);
  }

  #ping(channel: number): void {
    const sequence = this.#sequences[channel]!;
    this.#env.send(this.#targets[channel]!, { type: 'ping', channel, sequence } as Message);
    this.#env.setTimer(this.#timerNames[channel]!, RESEND_US);
  }
}

/** Answers every call with a pong; the base of the two sequential styles. */
class AnsweringNode implements NodeProgram {
  readonly env: NodeEnv;
  readonly tally: Tally;
  readonly channels: number;
  readonly peers: RandomStream;

  constructor(env: NodeEnv, tally: Tally, channels: number) {
    this.env = env;
    this.tally = tally;
    this.channels = channels;
    this.peers = env.random('peer');
  }

  onMessage(from: NodeId, message: Message, replyTo: number): void {
    const ping = message as Ping;
    count(this.tally, ping);
    this.env.reply(from, replyTo, {
      type: 'pong',
      channel: ping.channel,
      sequence: ping.sequence,
    } as Message);
  }

  pingOf(channel: number, sequence: number): Message {
    return { type: 'ping', channel, sequence } as Message;
  }
}

class TaskNode extends AnsweringNode {
  onStart(): void {
    for (let channel = 0; channel < this.channels; channel += 1)
      this.env.spawn(this.#flow(channel));
  }

  *#flow(channel: number): Task {
    for (let sequence = 1; ; sequence += 1) {
      const target = anotherNode(this.env.id, this.peers);
      for (;;) {
        const answer = yield* this.env.call(target, this.pingOf(channel, sequence), RESEND_US);
        if (!answer.ok) continue;
        count(this.tally, answer.message as Ping);
        break;
      }
    }
  }
}

class AsyncNode extends AnsweringNode {
  onStart(): void {
    for (let channel = 0; channel < this.channels; channel += 1)
      this.env.spawnAsync(() => this.#flow(channel));
  }

  async #flow(channel: number): Promise<void> {
    for (let sequence = 1; ; sequence += 1) {
      const target = anotherNode(this.env.id, this.peers);
      for (;;) {
        const answer = await this.env.callAsync(target, this.pingOf(channel, sequence), RESEND_US);
        if (!answer.ok) continue;
        count(this.tally, answer.message as Ping);
        break;
      }
    }
  }
}

function anotherNode(self: NodeId, stream: RandomStream): NodeId {
  return (self + 1 + stream.below(PING_NODES - 1)) % PING_NODES;
}

const STYLES = { callbacks: CallbackNode, tasks: TaskNode, async: AsyncNode };

/** The ping workload on the real engine and network. */
export async function runPingNodes(
  run: PingRun,
  style: NodeStyle,
  trace: TraceLevel,
): Promise<PingResult> {
  const simulation = new Simulation({ seed: run.seed, trace });
  const tally: Tally = {
    delivered: 0,
    checksum: 0,
    limit: run.messages,
    done: () => {
      simulation.stop();
    },
  };
  const Program = STYLES[style];
  for (let node = 0; node < PING_NODES; node += 1) {
    simulation.addNode(`n${node + 1}`, (env) => new Program(env, tally, run.channels));
    simulation.start(node, 0);
  }
  new Network(simulation, {
    profile: {
      latency: { kind: 'uniform', minUs: MIN_DELAY_US, maxUs: MAX_DELAY_US },
      lossPpm: LOSS_PPM,
    },
  });
  if (style === 'async') await simulation.runAsync();
  else simulation.run();
  return { delivered: tally.delivered, checksum: tally.checksum };
}
