import { bagOf, keyOf, mixA, mixB, type Lanes } from './mix.ts';

/** Two 32-bit lanes for every renaming of the servers. */
export interface Fingerprints {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/**
 * The state of a cluster of deterministic nodes, told by what each node has been given. A node's state is a function of its
 * inputs in their order; a message is a function of its sender's state when it was sent. So hashes of these inputs are a
 * hash of the state, whatever the node keeps in private fields, closures and suspended generators; and steps of different
 * nodes that do not depend on each other give one state in whatever order they come.
 *
 * With `symmetric`, hashes are kept under every renaming of the servers, and the smallest stands for all.
 */
export class CausalState {
  readonly #nodes: number;
  readonly #renamings: readonly (readonly number[])[];
  /** By renaming, then by node. */
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  /** By sender, then receiver: messages since the sender's last input. */
  readonly #sent: Int32Array;

  constructor(nodes: number, servers: number, symmetric: boolean) {
    this.#nodes = nodes;
    const renamed = symmetric ? permutations(servers) : [Array.from({ length: servers }, same)];
    this.#renamings = renamed.map((servers_) => [
      ...servers_,
      ...Array.from({ length: nodes - servers }, (_, index) => servers + index),
    ]);
    this.#a = new Int32Array(renamed.length * nodes);
    this.#b = new Int32Array(renamed.length * nodes);
    this.#sent = new Int32Array(nodes * nodes);
    for (const [renaming, names] of this.#renamings.entries())
      for (let node = 0; node < nodes; node += 1)
        // Servers begin alike but for their names.
        this.#absorb(renaming, node, names[node]! + 1, names[node]! + 1);
  }

  /** The node is given something that does not come from another node. */
  input(node: number, word: number): void {
    for (let renaming = 0; renaming < this.#renamings.length; renaming += 1)
      this.#absorb(renaming, node, word, word);
    this.#clearSent(node);
  }

  /** The node is given a message. */
  receive(node: number, { a, b }: Fingerprints): void {
    for (let renaming = 0; renaming < this.#renamings.length; renaming += 1)
      this.#absorb(renaming, node, a[renaming]!, b[renaming]!);
    this.#clearSent(node);
  }

  /** The node sends a message; what it is told by from now on. */
  send(from: number, to: number): Fingerprints {
    const place = from * this.#nodes + to;
    this.#sent[place]! += 1;
    const ordinal = this.#sent[place]!;
    const a: number[] = [];
    const b: number[] = [];
    for (const [renaming, names] of this.#renamings.entries()) {
      const sender = renaming * this.#nodes + from;
      const words = [names[from]! + 1, names[to]! + 1, ordinal];
      a.push(words.reduce(mixA, this.#a[sender]!));
      b.push(words.reduce(mixB, this.#b[sender]!));
    }
    return { a, b };
  }

  /** This node alone, under the names that it has. */
  ofNode(node: number): Lanes {
    return { a: this.#a[node]!, b: this.#b[node]! };
  }

  /** One number for the whole: the nodes, the messages on their way (as a bag), and `rest` in its order. */
  key(onTheirWay: readonly Fingerprints[], rest: readonly number[]): number {
    const keys = this.#renamings.map((names, renaming) => {
      let a = 0x2545f491;
      let b = 0x6c078965;
      for (const node of inOrderOf(names)) {
        a = mixA(a, this.#a[renaming * this.#nodes + node]!);
        b = mixB(b, this.#b[renaming * this.#nodes + node]!);
      }
      const bag = bagOf(onTheirWay.map((message) => laneOf(message, renaming)));
      return keyOf({
        a: rest.reduce(mixA, mixA(a, bag.a)),
        b: rest.reduce(mixB, mixB(b, bag.b)),
      });
    });
    return Math.min(...keys);
  }

  #absorb(renaming: number, node: number, wordA: number, wordB: number): void {
    const place = renaming * this.#nodes + node;
    this.#a[place] = mixA(this.#a[place]!, wordA);
    this.#b[place] = mixB(this.#b[place]!, wordB);
  }

  #clearSent(node: number): void {
    this.#sent.fill(0, node * this.#nodes, (node + 1) * this.#nodes);
  }
}

function laneOf(message: Fingerprints, renaming: number): Lanes {
  return { a: message.a[renaming]!, b: message.b[renaming]! };
}

/** The nodes by their new names, ascending. */
function inOrderOf(names: readonly number[]): number[] {
  const order: number[] = [];
  for (const [node, name] of names.entries()) order[name] = node;
  return order;
}

function same(_: unknown, index: number): number {
  return index;
}

function permutations(count: number): number[][] {
  if (count === 0) return [[]];
  return permutations(count - 1).flatMap((shorter) =>
    Array.from({ length: count }, (_, place) => [
      ...shorter.slice(0, place),
      count - 1,
      ...shorter.slice(place),
    ]),
  );
}
