import type { NodeId } from '../../sim/engine/env.ts';
import type { ArrivedWrite, HeldLockSpan, LockTimeline } from '../lock-timeline.ts';
import type { ReportViolation } from '../protocol.ts';
import { inMs } from './in-ms.ts';
import type { ResourceRead, ResourceWrite } from './resource-messages.ts';

/** A lock as its client was told: from here on the client believes. */
export interface Grant {
  /** Unique: the lock's random value, or the contender's node. */
  readonly id: string;
  readonly key: string;
  readonly client: NodeId;
  /** Fencing token, or null. */
  readonly token: number | null;
  /** True: others that are shared too may hold at once. Default false. */
  readonly shared?: boolean;
  /** The same client's grant that this one goes on from: a writer's, by a reader. Both may be held at once. */
  readonly continues?: string;
}

/** Whether who holds by the first may not hold while another is granted the second. */
export function excludes(held: Grant, grant: Grant): boolean {
  return held.id !== grant.continues && !(held.shared === true && grant.shared === true);
}

interface Known extends Grant {
  readonly order: number;
  readonly sinceUs: number;
  readonly span: HeldLockSpan;
  /** How many writes the resource had applied when this grant read; null: it has not read. */
  readWrites: number | null;
}

interface KeyState {
  readonly believers: Map<string, Known>;
  grants: number;
  lastToken: number;
  /** What the resource did: writes applied, by whom last, and the greatest grant order among them. */
  writes: number;
  value: number;
  lastWriter: Known | null;
}

/** What a run showed, for tables. Times in true virtual µs. */
export interface LockMeasures {
  grants: number;
  /** Longest time a client believed after the service had ended its grant. */
  overrunUs: number;
}

/**
 * Judges who believes to hold a lock and what the protected resource did about it, in true time and for any lock
 * service. The service's own view of a grant is the protocol's to supply.
 */
export class LockJudge {
  readonly measures: LockMeasures = { grants: 0, overrunUs: 0 };
  readonly #nowUs: () => number;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  readonly #judgeBelief: boolean;
  readonly #supportEndUs: (grant: Grant) => number | null;
  readonly #keys = new Map<string, KeyState>();
  readonly #grants = new Map<string, Known>();
  readonly #holds: HeldLockSpan[] = [];
  readonly #writes: ArrivedWrite[] = [];

  /** `supportEndUs`: when the service had ended a grant, in true virtual µs; null: it still stands. */
  constructor(
    nowUs: () => number,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    judgeBelief: boolean,
    supportEndUs: (grant: Grant) => number | null,
  ) {
    this.#nowUs = nowUs;
    this.#nameOf = nameOf;
    this.#report = report;
    this.#judgeBelief = judgeBelief;
    this.#supportEndUs = supportEndUs;
  }

  /**
   * A client was told that it holds the lock. `stands` false: the service had ended the grant before the client heard
   * of it; its token is then rightly smaller than the next holder's.
   */
  granted(grant: Grant, stands = true): void {
    const state = this.#key(grant.key);
    state.grants += 1;
    this.measures.grants += 1;
    const sinceUs = this.#nowUs();
    const { client, key, token } = grant;
    const span = { client, key, token, fromUs: sinceUs, beliefEndUs: null, grantEndUs: null };
    const known: Known = { ...grant, order: state.grants, sinceUs, span, readWrites: null };
    this.#holds.push(span);
    const other = [...state.believers.values()].find((believer) => excludes(believer, grant));
    if (other !== undefined && this.#judgeBelief)
      this.#report({
        invariant: 'mutual-exclusion-belief',
        sentence: `${this.#name(known)} was told that it holds lock ${grant.key} while ${this.#name(other)} believed to hold it.`,
        because: [
          `${this.#name(other)} has believed so since ${inMs(other.sinceUs)}, and nothing has told it otherwise.`,
          `${this.#name(known)} was granted the lock at ${inMs(known.sinceUs)}.`,
        ],
        nodes: [other.client, known.client],
      });
    if (stands && grant.token !== null && grant.token <= state.lastToken)
      this.#report({
        invariant: 'token-monotone',
        sentence: `lock ${grant.key} was granted with fencing token ${grant.token} after token ${state.lastToken}.`,
        because: [`A resource that has seen ${state.lastToken} refuses ${this.#name(known)}.`],
        nodes: [grant.client],
      });
    if (grant.token !== null) state.lastToken = Math.max(state.lastToken, grant.token);
    state.believers.set(grant.id, known);
    this.#grants.set(grant.id, known);
  }

  /** The client no longer believes: it released, its deadline passed on its own clock, or it was told. */
  beliefEnded(id: string): void {
    const known = this.#grants.get(id);
    if (known === undefined || !this.#key(known.key).believers.delete(id)) return;
    known.span.beliefEndUs = this.#nowUs();
    this.#checkBelief(known);
    known.span.grantEndUs ??= this.#nowUs();
  }

  /** What a client believed died with it. */
  crashed(client: NodeId): void {
    for (const known of this.#believers()) if (known.client === client) this.beliefEnded(known.id);
  }

  /** The run is over: what is believed now is judged as far as it went. */
  ended(): void {
    for (const known of this.#believers()) this.#checkBelief(known);
  }

  #checkBelief(known: Known): void {
    const supportEndUs = this.#supportEndUs(known);
    known.span.grantEndUs = supportEndUs;
    if (supportEndUs === null) {
      this.#checkKept(known);
      return;
    }
    const overrunUs = this.#nowUs() - Math.max(supportEndUs, known.sinceUs);
    this.measures.overrunUs = Math.max(this.measures.overrunUs, overrunUs);
    if (overrunUs > 0 && this.#judgeBelief)
      this.#report({
        invariant: 'belief-within-grant',
        sentence: `${this.#name(known)} believed to hold lock ${known.key} for ${inMs(overrunUs)} after the service had ended the grant.`,
        because: [
          `It was told so at ${inMs(known.sinceUs)}.`,
          `The service stopped supporting it at ${inMs(supportEndUs)}.`,
          ...(known.span.beliefEndUs === null ? ['It still believes so when the run ends.'] : []),
        ],
        nodes: [known.client],
      });
  }

  /** Who went on from a lock to write, and kept it all the time, has kept out every later writer. */
  #checkKept(known: Known): void {
    const from = known.continues === undefined ? undefined : this.#grants.get(known.continues);
    const { lastWriter } = this.#key(known.key);
    if (from === undefined || lastWriter === null || lastWriter.order <= from.order) return;
    this.#report({
      invariant: 'downgrade-keeps-the-write',
      sentence: `${this.#name(known)} wrote ${known.key} and went on to read it; ${this.#name(lastWriter)} wrote it in between.`,
      because: [
        `${this.#name(known)} was granted the lock to write at ${inMs(from.sinceUs)}, and to read at ${inMs(known.sinceUs)}.`,
        `${this.#name(lastWriter)} was granted it to write at ${inMs(lastWriter.sinceUs)}.`,
      ],
      nodes: [known.client, lastWriter.client],
    });
  }

  /** The grants that anybody believes in now. */
  #believers(): readonly Known[] {
    return [...this.#keys.values()].flatMap(({ believers }) => [...believers.values()]);
  }

  /** All that was held and written so far. */
  get timeline(): LockTimeline {
    return { holds: this.#holds, writes: this.#writes };
  }

  resourceRecovered(key: string, value: number): void {
    this.#key(key).value = value;
  }

  resourceRead(key: string, id: string): void {
    const known = this.#grants.get(id);
    if (known !== undefined) known.readWrites ??= this.#key(key).writes;
  }

  /** The resource refused a request as stale: is it not the newest holder's? */
  resourceRefused({ type, key, token, grant }: ResourceRead | ResourceWrite): void {
    const known = this.#grants.get(grant);
    if (known === undefined) return;
    if (type === 'ResourceWrite')
      this.#writes.push({ client: known.client, key, atUs: this.#nowUs(), outcome: 'refused' });
    if (token === null || token < this.#key(key).lastToken) return;
    this.#report({
      invariant: 'newest-token-accepted',
      sentence: `the resource refused ${this.#name(known)}'s token ${token} for ${key}; no greater one was ever given out.`,
      because: ['Fencing must stop older holders, never the newest.'],
      nodes: [known.client],
    });
  }

  /** The resource applied a write: is it the holder's, and did anybody write in between? */
  resourceApplied({ key, value, token, grant }: ResourceWrite): void {
    const state = this.#key(key);
    const known = this.#grants.get(grant);
    if (known === undefined) return;
    const { lastWriter } = state;
    const foreign = known.readWrites !== null && state.writes > known.readWrites;
    const harmful = lastWriter !== null && (foreign || known.order < lastWriter.order);
    const outcome = harmful ? 'harmful' : 'applied';
    this.#writes.push({ client: known.client, key, atUs: this.#nowUs(), outcome });
    if (harmful)
      this.#report({
        invariant: 'mutual-exclusion-effect',
        sentence: `the resource applied ${this.#name(known)}'s write to ${key} after a write of ${this.#name(lastWriter)}, in the middle of ${this.#name(known)}'s critical section.`,
        because: [
          `${this.#name(known)} was granted the lock at ${inMs(known.sinceUs)}${tokenOf(token)}.`,
          `${this.#name(lastWriter)} was granted it at ${inMs(lastWriter.sinceUs)}${tokenOf(lastWriter.token)}.`,
        ],
        nodes: [known.client, lastWriter.client],
      });
    if (value !== state.value + 1)
      this.#report({
        invariant: 'no-lost-update',
        sentence: `${this.#name(known)} wrote ${value} to ${key} over ${state.value}: an acknowledged increment is lost.`,
        because: [`The value it had read under the lock was ${value - 1}.`],
        nodes: [known.client],
      });
    state.value = value;
    state.writes += 1;
    state.lastWriter = known;
  }

  #key(key: string): KeyState {
    let state = this.#keys.get(key);
    if (state === undefined) {
      state = {
        believers: new Map(),
        grants: 0,
        lastToken: -1,
        writes: 0,
        value: 0,
        lastWriter: null,
      };
      this.#keys.set(key, state);
    }
    return state;
  }

  #name({ client }: Grant): string {
    return this.#nameOf(client);
  }
}

function tokenOf(token: number | null): string {
  return token === null ? '' : ` with token ${token}`;
}
