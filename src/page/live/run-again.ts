import './no-eval.ts';
import { collectRun } from '../../report/html/collect-run.ts';
import type { LiveData, RunData } from '../../report/html/report-data.ts';
import { RunProbe } from '../../report/html/run-probe.ts';
import { reproduceWords } from '../../report/reproduce-words.ts';
import { compileScenario } from '../../scenario/compile.ts';
import { PROTOCOLS } from '../../scenario/registry.ts';
import { runScenario } from '../../scenario/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { parseSchedule } from '../../scenario/schedule-file.ts';
import type { Fault } from '../../sim/faults/fault.ts';

/** Runs the scenario of a live report in this page: the very code that ran it in Node. */
export class LiveRunner {
  readonly scenario: Scenario;
  readonly #word: string;
  readonly #schedule: readonly Fault[] | null;

  constructor({ scenarioText, scenarioFile, scenarioWord, scheduleText }: LiveData) {
    this.scenario = compileScenario(scenarioText, scenarioFile, PROTOCOLS);
    this.#word = scenarioWord;
    this.#schedule =
      scheduleText === null ? null : parseSchedule(scheduleText, 'schedule.json', this.scenario);
  }

  /** The faults that this seed has: those of the scenario, those its nemesis draws, or the ones given. */
  schedule(seed: string): readonly Fault[] {
    if (this.#schedule !== null) return this.#schedule;
    return runScenario(this.scenario, { seed, untilEvent: 0 }).schedule;
  }

  /** Only the hash, as fast as it goes. */
  hash(seed: string): string {
    return runScenario(this.scenario, { seed, schedule: this.#schedule }).hash;
  }

  /** The whole story of a seed without some of its faults. */
  run(seed: string, without: readonly string[]): RunData {
    const probe = new RunProbe();
    const schedule =
      without.length === 0
        ? this.#schedule
        : this.schedule(seed).filter(({ id }) => !without.includes(id));
    const result = runScenario(this.scenario, {
      seed,
      schedule,
      trace: 'full',
      prepare: probe.attach,
    });
    const reproduce = reproduceWords(this.#word, seed, without, result.hash);
    return collectRun(result, probe, { reproduce });
  }
}
