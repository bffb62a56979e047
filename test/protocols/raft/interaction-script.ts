import { describeMembership } from '../../../src/protocols/raft/membership.ts';
import { HandCluster, entriesOf } from './hand.ts';
import { append } from './letters.ts';

/** `n2` or `2`: the server's id. */
const idOf = (word: string): number => Number(word.replace('n', '')) - 1;
const nameOf = (id: number): string => `n${id + 1}`;

/** `voters=1,2 learners=3` as lists of ids. */
function idsOf(words: readonly string[], key: string): number[] {
  const found = words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
  return found === '' ? [] : found.split(',').map(idOf);
}

/** What a script said: its own lines, with what the servers answered behind those that ask. */
export interface Played {
  readonly said: string;
  readonly violations: readonly unknown[];
}

/** Plays a script of commands on a cluster in which nothing happens by itself. */
export class InteractionScript {
  #cluster = new HandCluster(3);
  readonly #said: string[] = [];

  play(text: string): Played {
    for (const line of text.trimEnd().split('\n')) {
      if (line.startsWith('> ')) continue;
      this.#said.push(line);
      if (line === '' || line.startsWith('#')) continue;
      const [command = '', ...words] = line.split(' ');
      this.#run(command, words);
    }
    return { said: `${this.#said.join('\n')}\n`, violations: this.#cluster.violations };
  }

  #run(command: string, words: readonly string[]): void {
    const cluster = this.#cluster;
    const among = words.filter((word) => /^n?\d+$/.test(word)).map(idOf);
    const hand = cluster.hands[among[0] ?? 0]!;
    switch (command) {
      case 'cluster':
        this.#begin(words);
        return;
      case 'has':
        // `has n2 term=6 1 1 1 4`: the server has this log, from a leader of that term.
        this.#fill(words);
        return;
      case 'campaign':
        hand.timeout('election');
        return;
      case 'heartbeat':
      case 'check-quorum':
        hand.timeout(command === 'heartbeat' ? 'heartbeat' : 'checkQuorum');
        return;
      case 'propose':
        cluster.propose(idOf(words[0]!), words[1]);
        return;
      case 'time':
        for (const one of cluster.hands) one.nowUs += Number(words[0]!.replace('ms', '')) * 1_000;
        return;
      case 'transfer':
        this.#answer(hand.raft.requestTransfer(among[1]!) ? 'begun' : 'refused');
        hand.settle();
        return;
      case 'members': {
        const refused = hand.raft.requestMembership(
          idsOf(words, 'voters'),
          idsOf(words, 'learners'),
        );
        this.#answer(refused ?? 'proposed');
        hand.settle();
        return;
      }
      case 'leave-joint':
        hand.step(99, { type: 'LeaveJoint' }, 5);
        return;
      case 'hold-disk':
        for (const id of among) cluster.hands[id]!.autoSync = false;
        return;
      case 'sync':
        for (const id of among) cluster.hands[id]!.sync();
        return;
      case 'sync-one':
        // Only the oldest sync ends.
        hand.disk.tokens.shift();
        hand.disk.settle();
        hand.raft.synced(null);
        return;
      case 'free-disk':
        for (const id of among) {
          cluster.hands[id]!.autoSync = true;
          cluster.hands[id]!.settle();
        }
        return;
      case 'deliver':
        this.#deliver(among, words);
        return;
      case 'stabilize':
        cluster.stabilize(cluster.between(among.length === 0 ? undefined : among));
        return;
      case 'drop':
        cluster.drop();
        return;
      case 'restart':
        hand.start();
        return;
      case 'power-loss':
        hand.powerLoss();
        return;
      case 'mail':
        this.#mail();
        return;
      case 'log':
        this.#log();
        return;
      case 'membership':
        for (const [id, one] of cluster.hands.entries())
          this.#answer(`${nameOf(id)} ${describeMembership(one.raft.membership, nameOf)}`);
        return;
      case 'progress':
        this.#progress(among[0]!);
        return;
      default:
        throw new Error(`unknown command: ${command}`);
    }
  }

  #answer(text: string): void {
    this.#said.push(`> ${text}`);
  }

  #begin([size, ...switches]: readonly string[]): void {
    const config = switches.map((entry): [string, unknown] => {
      const [key, value] = entry.split('=');
      return [key!, JSON.parse(value!)];
    });
    this.#cluster = new HandCluster(Number(size), Object.fromEntries(config));
    for (const hand of this.#cluster.hands) hand.nowUs = 1_000_000;
  }

  #fill([name, term, ...terms]: readonly string[]): void {
    const hand = this.#cluster.hands[idOf(name!)]!;
    const entries = entriesOf(terms.map(Number));
    const leaderTerm = Number(term!.replace('term=', ''));
    const leaderId = (idOf(name!) + 1) % this.#cluster.hands.length;
    hand.step(leaderId, append({ term: leaderTerm, leaderId, entries }));
    hand.take();
    hand.nowUs += 1_000_000;
  }

  /** Delivers once what is under way: all, what goes to the given servers, or only one `type=`; the rest is lost. */
  #deliver(among: readonly number[], words: readonly string[]): void {
    const cluster = this.#cluster;
    const type = words.find((word) => word.startsWith('type='))?.slice(5);
    cluster.collect();
    for (const letter of cluster.mail.splice(0)) {
      if (among.length > 0 && !among.includes(letter.to)) continue;
      if (type === undefined || letter.message.type === type) cluster.deliver(letter);
    }
  }

  #mail(): void {
    const cluster = this.#cluster;
    cluster.collect();
    if (cluster.mail.length === 0) this.#answer('nothing is under way');
    for (const { from, to, message } of cluster.mail) {
      const parts: string[] = [];
      if (message.type === 'AppendEntries')
        parts.push(
          `after ${message.prevLogIndex}/t${message.prevLogTerm}`,
          `entries [${message.entries.map(({ term }) => term).join(' ')}]`,
          `commit ${message.leaderCommit}`,
        );
      if (message.type === 'AppendEntriesReply')
        parts.push(
          message.success ? `match ${message.matchIndex}` : `refuses ${message.rejectedIndex}`,
        );
      if ('voteGranted' in message) parts.push(message.voteGranted ? 'granted' : 'refused');
      if (message.type === 'InstallSnapshot') parts.push(`to ${message.lastIncludedIndex}`);
      const term = 'term' in message ? ` t${message.term}` : '';
      this.#answer(
        `${nameOf(from)} to ${nameOf(to)} ${message.type}${term} ${parts.join(', ')}`.trimEnd(),
      );
    }
  }

  #log(): void {
    for (const [id, hand] of this.#cluster.hands.entries()) {
      const { role, currentTerm, commitIndex } = hand.raft;
      this.#answer(
        `${nameOf(id)} ${role} t${currentTerm} [${hand.terms().join(' ')}] commit ${commitIndex}`,
      );
    }
  }

  #progress(id: number): void {
    const { progress } = this.#cluster.hands[id]!.raft;
    for (const [peer, one] of progress.entries())
      if (one !== undefined && peer !== id)
        this.#answer(`${nameOf(peer)} ${one.mode} match ${one.matchIndex} next ${one.nextIndex}`);
  }
}
