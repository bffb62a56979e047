import type { CommitRule, CoreRule } from '../protocols/protocol.ts';
import type { NodeId, NodeProgram } from '../sim/engine/env.ts';
import type { NodeHost } from '../sim/engine/node-host.ts';
import type { Network } from '../sim/network/network.ts';
import type { DiskArray } from '../sim/storage/disk-array.ts';
import { formatDuration } from './units.ts';

/** Changes of links are seen at once; those of processes, disks and clocks this often. */
const LOOK_AGAIN_US = 5_000;
const LOST_FOR_GOOD_PPM = 1_000_000;
/** The network's own loss, up to which a link counts as one that works. */
export const WORKING_LOSS_PPM = 100_000;

/** The servers' surroundings, as they are now. */
export interface QuorumSurroundings {
  readonly config: unknown;
  readonly servers: readonly NodeId[];
  readonly hosts: readonly NodeHost[];
  readonly network: Network;
  readonly disks: DiskArray;
}

/** What is reported: the bound is over and nothing was committed. */
export interface QuorumStalled {
  readonly sentence: string;
  readonly because: readonly string[];
  readonly nodes: readonly NodeId[];
}

/**
 * While faults go on: servers that suffice, that no fault touches and that hear each other, while all others are down,
 * paused or cut off from every one of them, must get on with what they have to do. Only looks, so that a run which is
 * watched has the same hash.
 */
export class QuorumWatch {
  /** How long such servers may get nowhere. */
  readonly boundUs: number;
  /** How often such servers were left alone for longer than that. */
  judged = 0;
  readonly #rule: CoreRule;
  readonly #commits: CommitRule;
  readonly #around: QuorumSurroundings;
  readonly #report: (stalled: QuorumStalled) => void;
  #seenChanges = -1;
  #nextLookUs = 0;
  /** Who is left alone, and in which state of links and processes; empty: nobody. */
  #alone = '';
  #aloneSinceUs = 0;
  #progressUs = 0;
  #reached = 0;
  #counted = false;

  constructor(
    rule: CoreRule,
    commits: CommitRule,
    boundUs: number,
    around: QuorumSurroundings,
    report: (stalled: QuorumStalled) => void,
  ) {
    this.#rule = rule;
    this.#commits = commits;
    this.boundUs = boundUs;
    this.#around = around;
    this.#report = report;
  }

  /** To be called after every event of the fault phase. */
  onEvent(nowUs: number): void {
    const { changes } = this.#around.network;
    if (changes === this.#seenChanges && nowUs < this.#nextLookUs) return;
    this.#seenChanges = changes;
    this.#nextLookUs = nowUs + LOOK_AGAIN_US;
    this.#look(nowUs);
  }

  #look(nowUs: number): void {
    const group = this.#groups().find((one) => this.#isLeftAlone(one)) ?? [];
    const alone = this.#describe(group);
    if (alone !== this.#alone) {
      this.#alone = alone;
      this.#aloneSinceUs = nowUs;
      this.#progressUs = nowUs;
      this.#counted = false;
    }
    if (group.length > 0) this.#judge(group, nowUs);
  }

  #judge(group: readonly NodeId[], nowUs: number): void {
    const { reached, open } = this.#commits.progress(this.#takingPart(group).map(this.#program));
    if (!open || reached > this.#reached) this.#progressUs = nowUs;
    this.#reached = reached;
    if (!this.#counted && nowUs - this.#aloneSinceUs > this.boundUs) {
      this.#counted = true;
      this.judged += 1;
    }
    if (nowUs - this.#progressUs <= this.boundUs) return;
    this.#progressUs = nowUs;
    const { hosts } = this.#around;
    const names = group.map((id) => hosts[id]!.name).join(', ');
    this.#report({
      sentence: `${names} hear each other, suffice, and were touched by no fault for ${formatDuration(nowUs - this.#aloneSinceUs)}, and for more than ${formatDuration(this.boundUs)} they committed nothing of what they have to.`,
      because: ['all other servers are down, paused or cut off from each of them'],
      nodes: group,
    });
  }

  readonly #program = (id: NodeId): NodeProgram => this.#around.hosts[id]!.program!;

  #takingPart(group: readonly NodeId[]): readonly NodeId[] {
    return group.filter((id) => this.#commits.takesPart(this.#program(id)));
  }

  /** Servers that run, gathered by who can reach whom at all, in either direction. */
  #groups(): NodeId[][] {
    const groups: NodeId[][] = [];
    for (const id of this.#around.servers) {
      if (this.#around.hosts[id]!.status !== 'up') continue;
      const joined = groups.filter((group) =>
        group.some((other) => !this.#isCut(id, other) || !this.#isCut(other, id)),
      );
      for (const group of joined) groups.splice(groups.indexOf(group), 1);
      groups.push([...joined.flat(), id]);
    }
    return groups;
  }

  #isLeftAlone(group: readonly NodeId[]): boolean {
    const { config, servers } = this.#around;
    return (
      this.#rule.suffices(config, servers, this.#takingPart(group)) &&
      group.every((id) => this.#isWell(id)) &&
      group.every((from) => group.every((to) => from === to || this.#works(from, to)))
    );
  }

  #isWell(id: NodeId): boolean {
    const { hosts, disks } = this.#around;
    return hosts[id]!.clock.nominal && !disks.isTroubled(id);
  }

  #isCut(from: NodeId, to: NodeId): boolean {
    const link = this.#around.network.link(from, to);
    return link.cuts.length > 0 || link.lossPpm >= LOST_FOR_GOOD_PPM;
  }

  #works(from: NodeId, to: NodeId): boolean {
    const link = this.#around.network.link(from, to);
    return !link.isTroubled() && link.lossPpm <= WORKING_LOSS_PPM;
  }

  /** Differs whenever something has happened to one of them, or to a link between two of them. */
  #describe(group: readonly NodeId[]): string {
    const { hosts, network } = this.#around;
    let changes = 0;
    for (const from of group)
      for (const to of group) if (from !== to) changes += network.link(from, to).changes;
    return group.length === 0
      ? ''
      : `${group.map((id) => `${id}:${hosts[id]!.incarnation}`).join(' ')} ${changes}`;
  }

  /** What there is to say when nothing was wrong. */
  sentence(): string {
    const bound = formatDuration(this.boundUs);
    if (this.judged === 0)
      return `no quorum was left alone for longer than ${bound}: nothing was asked of any`;
    return `${this.judged === 1 ? 'once' : `${this.judged} times`} a quorum was left alone for longer than ${bound}, and went on committing`;
  }
}
