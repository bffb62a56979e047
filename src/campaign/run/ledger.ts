import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

import type { Range } from './ranges.ts';
import { RangeSet } from './ranges.ts';
import { CampaignError } from './seeds.ts';
import { emptyTally, mergeTally, type Tally } from './tally.ts';

/** What a campaign is about: a state file of another campaign is not continued. */
export interface CampaignHeader {
  readonly format: 'splitbrain-campaign/1';
  readonly splitbrain: string;
  /** Of the scenarios' documents and the plan. */
  readonly digest: string;
  readonly scenarios: readonly string[];
  readonly seeds: string;
  readonly shard: string | null;
}

interface Line {
  readonly ranges: readonly Range[];
  readonly tally: Tally;
}

/** Real time between two appends: what a power cut may lose beside the runs in flight. */
const FLUSH_MS = 40;
/** A file that grew by this much since it was last written whole is written whole again. */
const COMPACT_BYTES = 1 << 20;

/**
 * The state of a campaign on disk: a header, then lines that each say which positions are done and what they add up to. A
 * killed campaign leaves at worst half a last line, which is skipped.
 */
export class Ledger {
  readonly done: RangeSet = new RangeSet();
  readonly tally: Tally = emptyTally();
  readonly #path: string | null;
  readonly #header: CampaignHeader;
  #pending: { ranges: RangeSet; tally: Tally } = { ranges: new RangeSet(), tally: emptyTally() };
  #flushAtMs = 0;
  #grownBytes = 0;

  /** `path` null: nothing is written. @throws CampaignError when there is nothing to resume, or of another campaign. */
  constructor(path: string | null, header: CampaignHeader, resume: boolean) {
    this.#path = path;
    this.#header = header;
    if (path === null) return;
    if (resume) this.#read(path);
  }

  /** Writes the file for the first time. @throws an Error of node:fs when it cannot be written. */
  open(): void {
    if (this.#path === null) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#writeWhole(this.#path);
  }

  /** Notes that [from, to) is done. @throws an Error of node:fs when it cannot be written. */
  add(from: number, to: number, tally: Tally): void {
    this.done.add(from, to);
    mergeTally(this.tally, tally);
    if (this.#path === null) return;
    this.#pending.ranges.add(from, to);
    mergeTally(this.#pending.tally, tally);
    if (performance.now() >= this.#flushAtMs) this.flush();
  }

  flush(): void {
    const { ranges, tally } = this.#pending;
    if (this.#path === null || ranges.size === 0) return;
    const text = `${JSON.stringify({ ranges: ranges.ranges, tally } satisfies Line)}\n`;
    this.#pending = { ranges: new RangeSet(), tally: emptyTally() };
    appendFileSync(this.#path, text);
    this.#flushAtMs = performance.now() + FLUSH_MS;
    this.#grownBytes += text.length;
    if (this.#grownBytes >= COMPACT_BYTES) this.#writeWhole(this.#path);
  }

  #writeWhole(path: string): void {
    const lines: unknown[] = [this.#header];
    if (this.done.size > 0)
      lines.push({ ranges: this.done.ranges, tally: this.tally } satisfies Line);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    this.#grownBytes = 0;
    // A device file has no directory entry to exchange.
    if (path.startsWith('/dev/')) {
      writeFileSync(path, text);
      return;
    }
    writeFileSync(`${path}.part`, text);
    renameSync(`${path}.part`, path);
  }

  #read(path: string): void {
    const { header, lines } = readLedger(path);
    const differing = (['digest', 'seeds', 'shard', 'splitbrain'] as const).filter(
      (key) => header[key] !== this.#header[key],
    );
    if (differing.length > 0)
      throw new CampaignError(
        `${path}: the state of another campaign (${differing
          .map((key) => `${key} ${String(header[key])}, now ${String(this.#header[key])}`)
          .join('; ')}). Run without --resume to begin anew, or give the options of that campaign.`,
      );
    for (const { ranges, tally } of lines) {
      for (const [from, to] of ranges) this.done.add(from, to);
      mergeTally(this.tally, tally);
    }
  }
}

/** The sum in a state file, or null when there is none that can be read. */
export function readTally(path: string): Tally | null {
  // A device has no end, or no content; only a file can hold an earlier campaign.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  try {
    const tally = emptyTally();
    for (const line of readLedger(path).lines) mergeTally(tally, line.tally);
    return tally;
  } catch {
    return null;
  }
}

function readLedger(path: string): { header: CampaignHeader; lines: Line[] } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CampaignError(
      `--resume: cannot read ${path}: ${(error as Error).message}. Run without --resume to begin anew.`,
    );
  }
  const complete = text.split('\n').slice(0, -1);
  const rows = complete.flatMap((line, index): unknown[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      // Only the last line can be torn: what follows a torn line was written by another run of the program.
      if (index === complete.length - 1) return [];
      throw new CampaignError(
        `${path}:${index + 1}: not JSON; this is no state file of splitbrain, or it was edited`,
      );
    }
  });
  const [header, ...lines] = rows as [CampaignHeader | undefined, ...Line[]];
  if (header?.format !== 'splitbrain-campaign/1')
    throw new CampaignError(
      `${path}: expected a state file of format splitbrain-campaign/1, got ${JSON.stringify((header as { format?: unknown } | undefined)?.format ?? 'nothing')}`,
    );
  return { header, lines };
}
