import type { Command, Entry } from './entry.ts';

/** What applying a command answered; the same on every replica. */
export interface ApplyResult {
  readonly status: 'ok' | 'compare' | 'sessionExpired';
  readonly value: unknown;
}

interface Session {
  readonly id: number;
  lastSequence: number;
  lastResult: ApplyResult;
  lastActiveUs: number;
}

const DONE: ApplyResult = { status: 'ok', value: null };
const MISMATCH: ApplyResult = { status: 'compare', value: null };
const EXPIRED: ApplyResult = { status: 'sessionExpired', value: null };

/**
 * The replicated state machine: keys to values, and the clients' sessions (dissertation §6.3). A deterministic
 * function of the entries applied: the only clock it knows is the time written in them.
 */
export class KeyValueMachine {
  /** Sum of a hash per key and session: equal states have equal hashes, whatever the order. Unsigned 32 bit. */
  stateHash = 0;
  readonly #values = new Map<string, unknown>();
  /** Oldest activity first: a session that acts moves to the end. */
  readonly #sessions = new Map<number, Session>();
  readonly #sessionExpiryUs: number;
  #clockUs = 0;

  /** `sessionExpiryUs` 0 keeps sessions for ever. */
  constructor(sessionExpiryUs: number) {
    this.#sessionExpiryUs = sessionExpiryUs;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  read(key: string): unknown {
    return this.#values.get(key) ?? null;
  }

  apply(entry: Entry): ApplyResult {
    if (entry.timeUs > this.#clockUs) this.#clockUs = entry.timeUs;
    this.#expireSessions();
    const command = entry.command;
    if (command === null) return DONE;
    if (command.f === 'register') return this.#register(entry.index);
    if (command.session === 0) return this.execute(command);
    return this.applyOnce(command);
  }

  /** Exactly once: a command that was applied before is answered from memory (dissertation §6.3). */
  protected applyOnce(command: Command): ApplyResult {
    const session = this.#sessions.get(command.session);
    if (session === undefined) return EXPIRED;
    if (this.tookEffect(command, session.lastSequence))
      return this.#rememberedAnswer(command, session);
    const result = this.execute(command);
    this.#remember(session, command.sequence, result);
    return result;
  }

  protected tookEffect(command: Command, lastSequence: number): boolean {
    return command.sequence <= lastSequence;
  }

  /** Only the latest answer is kept: from an earlier command its client has long moved on. */
  #rememberedAnswer(command: Command, session: Session): ApplyResult {
    return command.sequence === session.lastSequence ? session.lastResult : EXPIRED;
  }

  /** The operation itself. */
  protected execute(command: Command): ApplyResult {
    const { key, value } = command;
    switch (command.f) {
      case 'read':
        return { status: 'ok', value: this.read(key) };
      case 'write':
        this.#set(key, value);
        return DONE;
      case 'append': {
        this.#set(key, asText(this.read(key)) + asText(value));
        return DONE;
      }
      case 'delete':
        this.#set(key, null);
        return DONE;
      case 'cas': {
        const [from, to] = value as readonly [unknown, unknown];
        if (!sameValue(this.read(key), from)) return MISMATCH;
        this.#set(key, to);
        return DONE;
      }
      default:
        throw new Error(`state machine: unknown operation ${command.f}`);
    }
  }

  /** The whole state as plain records, in an order that depends on the state's history alone. */
  save(): unknown[] {
    const records: unknown[] = [['clock', this.#clockUs]];
    for (const [key, value] of this.#values) records.push(['value', key, value]);
    for (const s of this.#sessions.values())
      records.push(['session', s.id, s.lastSequence, s.lastResult, s.lastActiveUs]);
    return records;
  }

  /** Replaces the state by what `save` wrote. */
  restore(records: readonly unknown[]): void {
    this.#values.clear();
    this.#sessions.clear();
    this.stateHash = 0;
    for (const record of records as readonly (readonly unknown[])[]) {
      if (record[0] === 'clock') this.#clockUs = record[1] as number;
      else if (record[0] === 'value') this.#set(record[1] as string, record[2]);
      else {
        const [, id, lastSequence, lastResult, lastActiveUs] = record as readonly [
          string,
          number,
          number,
          ApplyResult,
          number,
        ];
        this.#sessions.set(id, { id, lastSequence, lastResult, lastActiveUs });
        this.#mix(sessionHash(id, lastSequence));
      }
    }
  }

  #register(index: number): ApplyResult {
    const session = { id: index, lastSequence: 0, lastResult: DONE, lastActiveUs: this.#clockUs };
    this.#sessions.set(index, session);
    this.#mix(sessionHash(index, 0));
    return { status: 'ok', value: index };
  }

  #remember(session: Session, sequence: number, result: ApplyResult): void {
    this.#mix(-sessionHash(session.id, session.lastSequence));
    session.lastSequence = sequence;
    session.lastResult = result;
    this.#mix(sessionHash(session.id, sequence));
    if (this.#sessionExpiryUs === 0) return;
    session.lastActiveUs = this.#clockUs;
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
  }

  /** By the time in the log only, so that every replica drops the same session at the same index. */
  #expireSessions(): void {
    if (this.#sessionExpiryUs === 0) return;
    for (const session of this.#sessions.values()) {
      if (session.lastActiveUs + this.#sessionExpiryUs >= this.now()) return;
      this.#sessions.delete(session.id);
      this.#mix(-sessionHash(session.id, session.lastSequence));
    }
  }

  /** The clock that expires sessions. */
  protected now(): number {
    return this.#clockUs;
  }

  #set(key: string, value: unknown): void {
    const before = this.#values.get(key);
    if (before !== undefined) this.#mix(-valueHash(key, before));
    if (value === null || value === undefined) {
      this.#values.delete(key);
      return;
    }
    this.#values.set(key, value);
    this.#mix(valueHash(key, value));
  }

  #mix(change: number): void {
    this.stateHash = (this.stateHash + change) >>> 0;
  }
}

/** Appending to anything but a string starts a new one, as in the `kv` model of the checker. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function sameValue(a: unknown, b: unknown): boolean {
  const left = a ?? null;
  const right = b ?? null;
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  return JSON.stringify(left) === JSON.stringify(right);
}

function sessionHash(id: number, sequence: number): number {
  return (Math.imul(id, 0x9e3779b1) ^ Math.imul(sequence, 0x85ebca6b)) >>> 0;
}

function valueHash(key: string, value: unknown): number {
  const hash = textHash(key, 0x811c9dc5);
  if (typeof value === 'number' && Number.isInteger(value))
    return (Math.imul(hash, 0x01000193) ^ Math.imul(value | 0, 0xc2b2ae35)) >>> 0;
  return textHash(typeof value === 'string' ? value : JSON.stringify(value), hash);
}

/** FNV-1a over code units. */
function textHash(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
