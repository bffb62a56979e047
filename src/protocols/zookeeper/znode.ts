import { byteLength } from '../utf8.ts';
import type { Stat } from './txn.ts';

interface Fields {
  readonly data: string | null;
  readonly czxid: number;
  readonly mzxid: number;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  readonly cversion: number;
  /** Names sequential children: counts the creates below this node, sequential or not; signed 32 bit. */
  readonly creates: number;
  readonly ephemeralOwner: number;
  readonly pzxid: number;
}

/** One node of the tree. Its children's names are kept beside its fields: a snapshot makes them anew. */
export class Znode {
  readonly children = new Set<string>();
  #fields: Fields;

  constructor(
    { zxid, timeMs }: { readonly zxid: number; readonly timeMs: number },
    data: string | null,
    ephemeralOwner: number,
    creates: number,
  ) {
    this.#fields = {
      data,
      czxid: zxid,
      mzxid: zxid,
      ctime: timeMs,
      mtime: timeMs,
      version: 0,
      cversion: 0,
      creates,
      ephemeralOwner,
      pzxid: zxid,
    };
  }

  static restore(fields: unknown): Znode {
    const node = new Znode({ zxid: 0, timeMs: 0 }, null, 0, 0);
    node.fields = fields as Fields;
    return node;
  }

  get data(): string | null {
    return this.#fields.data;
  }

  get czxid(): number {
    return this.#fields.czxid;
  }

  get version(): number {
    return this.#fields.version;
  }

  get creates(): number {
    return this.#fields.creates;
  }

  get ephemeralOwner(): number {
    return this.#fields.ephemeralOwner;
  }

  stat(): Stat {
    const fields = this.#fields;
    return {
      czxid: fields.czxid,
      mzxid: fields.mzxid,
      ctime: fields.ctime,
      mtime: fields.mtime,
      version: fields.version,
      cversion: fields.cversion,
      aversion: 0,
      ephemeralOwner: fields.ephemeralOwner,
      dataLength: fields.data === null ? 0 : byteLength(fields.data),
      numChildren: this.children.size,
      pzxid: fields.pzxid,
    };
  }

  setData(
    data: string | null,
    { zxid, timeMs }: { readonly zxid: number; readonly timeMs: number },
  ): void {
    const version = (this.version + 1) | 0;
    this.#fields = { ...this.#fields, data, version, mzxid: zxid, mtime: timeMs };
  }

  childCreated(name: string, zxid: number): void {
    this.children.add(name);
    const creates = (this.creates + 1) | 0;
    this.#fields = { ...this.#fields, creates, cversion: this.#nextCversion(), pzxid: zxid };
  }

  childDeleted(name: string, zxid: number): void {
    this.children.delete(name);
    this.#fields = { ...this.#fields, cversion: this.#nextCversion(), pzxid: zxid };
  }

  #nextCversion(): number {
    return (this.#fields.cversion + 1) | 0;
  }

  /** What a snapshot keeps and an undone transaction restores; never changed in place. */
  get fields(): Fields {
    return this.#fields;
  }

  set fields(fields: Fields) {
    this.#fields = fields;
  }

  /** Unsigned 32 bit; covers what clients can see of the node. */
  hashAt(path: string): number {
    const { czxid, mzxid, pzxid, version, creates, ephemeralOwner } = this.#fields;
    let hash = 0x811c9dc5;
    for (let at = 0; at < path.length; at += 1)
      hash = Math.imul(hash ^ path.charCodeAt(at), 0x01000193);
    for (const number of [czxid, mzxid, pzxid, version, creates, ephemeralOwner])
      hash = Math.imul(hash ^ (number % 0x1_0000_0000), 0x01000193);
    return hash >>> 0;
  }
}
