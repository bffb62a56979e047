import type { NodeId } from '../../sim/engine/env.ts';
import type { WatchEvent } from './messages.ts';
import type { Notice } from './watches.ts';

/**
 * A server's end of one client's connection. What it says is numbered and kept until the client has it: a change is
 * told of before any answer that shows it, and nothing is lost while the connection stands (TCP, in ZooKeeper).
 */
export class Connection {
  readonly session: number;
  readonly client: NodeId;
  readonly number: number;
  /** The call that opened it: what its client asked before belongs to an earlier connection. */
  readonly #openedBy: number;
  readonly #taken = new Set<number>();
  #sent = 0;
  #kept: { readonly number: number; readonly send: () => void }[] = [];

  constructor(session: number, client: NodeId, number: number, openedBy: number) {
    this.session = session;
    this.client = client;
    this.number = number;
    this.#openedBy = openedBy;
  }

  /** Whether this call is new on this connection. What the network doubles or brings too late, TCP would not deliver. */
  takes(call: number): boolean {
    if (call <= this.#openedBy || this.#taken.has(call)) return false;
    this.#taken.add(call);
    return true;
  }

  /** How many things it has said. */
  get sent(): number {
    return this.#sent;
  }

  say(send: (number: number) => void): void {
    this.#sent += 1;
    const number = this.#sent;
    const again = (): void => {
      send(number);
    };
    this.#kept.push({ number, send: again });
    again();
  }

  /** A watch tells of the change `zxid`. */
  tell({ event, path }: Notice, zxid: number, send: (told: WatchEvent) => void): void {
    this.say((number) => {
      send({ type: 'WatchEvent', event, path, zxid, connection: this.number, number });
    });
  }

  received(upTo: number): void {
    this.#kept = this.#kept.filter(({ number }) => number > upTo);
  }

  sayAgain(): void {
    for (const { send } of this.#kept) send();
  }
}
