import { appendFileSync } from 'node:fs';

import type { Subject } from '../campaign/documents/document.ts';
import type { CampaignProgress, CampaignResult } from '../campaign/run/campaign.ts';
import { bucketsOf, type Bucket } from '../campaign/run/tally.ts';
import type { CampaignVerdict } from '../campaign/run/verdict.ts';
import { writeWhole } from './scenario-files.ts';

/** `--jsonl`: campaign.start, progress, failure.found (once for each bucket), campaign.end; one object a line. */
export class EventStream {
  readonly #file: string;
  readonly #told = new Set<string>();
  /** Why the stream ends early; the campaign goes on without it, and says so at its end. */
  error: string | null = null;

  constructor(file: string) {
    this.#file = file;
    writeWhole(file, '');
  }

  start(subjects: readonly Subject[]): void {
    this.#write({
      event: 'campaign.start',
      scenarios: subjects.map(({ document }) => document.name),
    });
  }

  progress({ tally, done, elapsedMs }: CampaignProgress): void {
    for (const bucket of bucketsOf(tally)) this.#found(bucket);
    const { passed, failed, inconclusive } = tally;
    this.#write({ event: 'progress', seeds: done, passed, failed, inconclusive, elapsedMs });
  }

  end({ tally, ended, elapsedMs }: CampaignResult, verdict: CampaignVerdict): void {
    for (const bucket of bucketsOf(tally)) this.#found(bucket);
    const { runs, passed, failed, inconclusive } = tally;
    this.#write({
      event: 'campaign.end',
      ended,
      verdict,
      runs,
      passed,
      failed,
      inconclusive,
      elapsedMs,
    });
  }

  #found({ scenario, signature, property, seed, sentence }: Bucket): void {
    const key = `${scenario} ${signature}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#write({ event: 'failure.found', scenario, signature, property, seed, sentence });
  }

  #write(event: Record<string, unknown>): void {
    if (this.error !== null) return;
    try {
      appendFileSync(this.#file, `${JSON.stringify(event)}\n`);
    } catch (error) {
      this.error = `cannot write ${this.#file}: ${(error as Error).message}. Free some space or name another place; the campaign itself is complete.`;
    }
  }
}
