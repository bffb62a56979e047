import { expect } from 'vitest';
import type { Entry } from '../../../src/protocols/raft/entry.ts';
import type { Message } from '../../../src/sim/engine/env.ts';
import type { LinkRule } from '../../../src/sim/network/link.ts';
import { latencySampler } from '../../../src/sim/network/latency.ts';
import { World } from './world.ts';
import type { WorldOptions } from './world.ts';

const ELECTION_US = 500_000;
const AGREEMENT_US = 20_000_000;
/** A call that no client waits for. */
const NOBODYS_CALL = 1_000_000;

export interface Started {
  readonly index: number;
  readonly term: number;
}

/**
 * A cluster driven from outside: commands are started at servers without any client, servers are cut off or lose power
 * as wholes, and what each of them applies is noted.
 */
export class Lab {
  readonly world: World;
  /** By server and index: what it applied there. */
  readonly applied: Map<number, Entry>[];
  readonly #cutOff = new Set<number>();
  #apart: ReadonlySet<number> = new Set<number>();
  readonly #effect = { count: 0 };
  #rule: LinkRule | null = null;

  constructor(options: WorldOptions) {
    this.world = new World({ unsynced: 'none', ...options });
    this.applied = this.world.servers.map(() => new Map<number, Entry>());
    const monitor = this.world.monitor!;
    const judge = monitor.applied.bind(monitor);
    monitor.applied = (node, entry, result, stateHash) => {
      this.applied[node.id]!.set(entry.index, entry);
      judge(node, entry, result, stateHash);
    };
  }

  get servers(): readonly number[] {
    return this.world.servers;
  }

  draw(below: number): number {
    return this.world.simulation.streams.get('test/lab').below(below);
  }

  /** Virtual time stands at the last event: the moment that is waited for must be one. */
  sleep(us: number): void {
    const { simulation } = this.world;
    simulation.control(simulation.nowUs + us, 'slept', () => undefined);
    this.world.runFor(us);
  }

  /** Two election timeouts: long enough for whatever may still happen. */
  wait(): void {
    this.sleep(2 * ELECTION_US);
  }

  #now(label: string, action: () => void): void {
    this.world.simulation.control(this.world.simulation.nowUs, label, action);
    this.sleep(0);
  }

  /** As the server's own code, in an event of its own. */
  act(id: number, action: () => void): void {
    this.#now(`at ${id}`, () => {
      this.world.simulation.hosts[id]!.act(action);
    });
  }

  /** These servers hear only each other, the rest too; clients hear everybody. Nobody: all are together again. */
  splitOff(ids: readonly number[]): void {
    this.#relink(() => {
      this.#apart = new Set(ids);
    });
  }

  disconnect(...ids: readonly number[]): void {
    this.#relink(() => {
      for (const id of ids) this.#cutOff.add(id);
    });
  }

  connect(...ids: readonly number[]): void {
    this.#relink(() => {
      for (const id of ids) this.#cutOff.delete(id);
    });
  }

  isConnected(id: number): boolean {
    return !this.#cutOff.has(id);
  }

  #relink(change: () => void): void {
    const { network } = this.world;
    const cut = this.#links().filter(([from, to]) => this.#isCut(from, to));
    change();
    this.#now('links', () => {
      for (const [from, to] of cut) network.uncut(from, to, this.#effect);
      for (const [from, to] of this.#links())
        if (this.#isCut(from, to)) network.cut(from, to, this.#effect);
    });
  }

  #isCut(from: number, to: number): boolean {
    const servers = this.servers.includes(from) && this.servers.includes(to);
    return (
      this.#cutOff.has(from) ||
      this.#cutOff.has(to) ||
      (servers && this.#apart.has(from) !== this.#apart.has(to))
    );
  }

  #links(): (readonly [number, number])[] {
    const nodes = [...this.world.servers, ...this.world.clients];
    return nodes.flatMap((from) =>
      nodes.flatMap((to) => (from === to ? [] : [[from, to] as const])),
    );
  }

  /** Between servers: this share of messages lost, all others later by up to `delayUs`; 0 and 0 ends it. */
  unreliable(dropPpm: number, delayUs: number): void {
    const { network, servers } = this.world;
    const before = this.#rule;
    this.#rule =
      dropPpm + delayUs === 0
        ? null
        : {
            types: null,
            dropPpm,
            duplicatePpm: 0,
            corruptPpm: 0,
            reorderPpm: 0,
            delay: latencySampler({ kind: 'uniform', minUs: 0, maxUs: delayUs }),
            effect: this.#effect,
          };
    for (const from of servers)
      for (const to of servers) {
        if (before !== null) network.removeRule(from, to, before);
        if (this.#rule !== null) network.addRule(from, to, this.#rule);
      }
  }

  /** Power loss: only what was synced is found again. */
  crash(...ids: readonly number[]): void {
    this.#now('crash', () => {
      for (const id of ids) if (this.world.up(id)) this.world.disks.powerLoss(id);
    });
  }

  restart(...ids: readonly number[]): void {
    for (const id of ids) if (!this.world.up(id)) this.world.simulation.start(id);
    this.sleep(0);
  }

  /** Puts a command into the log of a server; null when it does not lead. */
  start(id: number, value: unknown): Started | null {
    if (!this.world.up(id)) return null;
    let started: Started | null = null;
    this.act(id, () => {
      const server = this.world.server(id);
      if (server.role !== 'leader') return;
      const { lastIndex } = server.log;
      const request = { session: 0, sequence: 0, f: 'write', key: 'x', value } as const;
      server.step(this.world.clients[0]!, { type: 'ClientRequest', ...request }, NOBODYS_CALL);
      if (server.log.lastIndex > lastIndex)
        started = { index: lastIndex + 1, term: server.currentTerm };
    });
    return started;
  }

  /** The only server that leads the latest term among those that are connected and up. */
  leader(): number {
    let found: number[] = [];
    for (let look = 0; look < 100 && found.length !== 1; look += 1) {
      this.sleep(100_000);
      const leaders = this.servers.filter(
        (id) =>
          this.isConnected(id) && this.world.up(id) && this.world.server(id).role === 'leader',
      );
      const latest = Math.max(...leaders.map((id) => this.world.server(id).currentTerm));
      found = leaders.filter((id) => this.world.server(id).currentTerm === latest);
    }
    expect(found, 'leaders').toHaveLength(1);
    return found[0]!;
  }

  /** Connected servers that lead now. */
  leaders(): number[] {
    return this.servers.filter(
      (id) => this.isConnected(id) && this.world.up(id) && this.world.server(id).role === 'leader',
    );
  }

  others(...ids: readonly number[]): number[] {
    return this.servers.filter((id) => !ids.includes(id));
  }

  /** How many servers have applied something at this index, and what; all the same. */
  appliedAt(index: number): { readonly count: number; readonly value: unknown } {
    const entries = this.applied.flatMap((map) => map.get(index) ?? []);
    for (const { term } of entries) expect(term).toBe(entries[0]!.term);
    return { count: entries.length, value: entries[0]?.command?.value };
  }

  /** Starts the command at whoever leads, again when that comes to nothing, until `expected` servers have applied it. */
  agree(value: unknown, expected: number, repeat = true): number {
    const endUs = this.world.simulation.nowUs + AGREEMENT_US;
    while (this.world.simulation.nowUs < endUs) {
      const index = this.servers
        .filter((id) => this.isConnected(id))
        .map((id) => this.start(id, value))
        .find((started) => started !== null)?.index;
      if (index === undefined) {
        this.sleep(50_000);
        continue;
      }
      for (let look = 0; look < 100; look += 1) {
        const { count, value: found } = this.appliedAt(index);
        if (count >= expected && found === value) return index;
        this.sleep(20_000);
      }
      if (!repeat) break;
    }
    throw new Error(`${String(value)}: ${expected} servers have not agreed on it`);
  }

  /** Whatever any server has applied, in order, each value once. */
  values(): ReadonlySet<unknown> {
    const entries = this.applied.flatMap((map) => [...map.values()]);
    return new Set(
      entries
        .sort((a, b) => a.index - b.index)
        .flatMap(({ command }) => (command === null ? [] : [command.value])),
    );
  }

  /** Reports every message between servers. */
  onSend(see: (from: number, to: number, message: Message) => void): void {
    const { simulation, servers } = this.world;
    const { observer } = simulation;
    simulation.observer = {
      ...observer,
      onSend: (from, to, message) => {
        if (servers.includes(from) && servers.includes(to)) see(from, to, message);
      },
    };
  }

  /** Same logs, same states, and whatever a client was told of is in them; no invariant was broken on the way. */
  verify(members: readonly number[] = this.servers): void {
    const servers = members.map((id) => this.world.server(id));
    const [first] = servers;
    for (const server of servers) {
      expect(server.log.lastIndex).toBe(first!.log.lastIndex);
      expect(server.log.lastTerm).toBe(first!.log.lastTerm);
      expect(server.lastApplied).toBe(first!.lastApplied);
      expect(server.machine.stateHash).toBe(first!.machine.stateHash);
    }
    const everything = this.values();
    for (const { operation, outcome } of this.world.done)
      if (operation.f === 'write' && outcome.type === 'ok')
        expect(everything).toContain(operation.value);
    expect(this.world.violations).toEqual([]);
    expect(this.world.simulation.failures).toEqual([]);
  }
}
