import type { NodeId } from '../../sim/engine/env.ts';

/** A server's end of a client's connection, as `Connection` has it. */
interface ServerEnd {
  readonly number: number;
  /** How many things it has said. */
  readonly sent: number;
}

/** A client's end of its connection, when it stands and all watches are registered over it. */
export interface ClientEnd {
  readonly session: number;
  readonly server: NodeId;
  readonly number: number;
  /** The number up to which everything that the server said has been taken. */
  readonly received: number;
}

interface Server {
  /** The last transaction that it has applied. */
  readonly zxid: number;
  connectionOf(session: number): ServerEnd | undefined;
}

interface Client {
  readonly connectionEnd: ClientEnd | null;
}

/** Looks at both ends of the clients' connections, from the outside: what is still on its way when a run ends. */
export class UnderWay {
  readonly #servers = new Map<NodeId, Server>();
  readonly #clients = new Map<NodeId, Client>();

  serverStarts(id: NodeId, server: Server): void {
    this.#servers.set(id, server);
  }

  clientStarts(id: NodeId, client: Client): void {
    this.#clients.set(id, client);
  }

  crashed(id: NodeId): void {
    this.#servers.delete(id);
    this.#clients.delete(id);
  }

  /**
   * Whether a client may yet hear of the transaction `zxid` without doing anything: it connects, or will notice that its
   * connection does not stand any more; its server has not applied so much; or what the server said has not arrived.
   */
  mayStillHear(id: NodeId, zxid: number): boolean {
    const end = this.#clients.get(id)?.connectionEnd ?? null;
    if (end === null) return true;
    const server = this.#servers.get(end.server);
    const other = server?.connectionOf(end.session);
    if (server === undefined || other?.number !== end.number) return true;
    return server.zxid < zxid || other.sent > end.received;
  }
}
