import { NO_VALUE, type Memory } from './memory.ts';

/** For every key and process, the steps that write the key, in program order: finds "the last write before" fast. */
export class KeyWriters {
  /** Writing steps ordered by key, then process, then program order. */
  readonly #steps: Int32Array;
  /** Runs of one key and one process: `#steps[#runStart[i]] .. #steps[#runStart[i + 1] - 1]`. */
  readonly #runStart: Int32Array;
  readonly #runProcess: Int32Array;
  /** Runs of key k: `#keyRuns[k] .. #keyRuns[k + 1] - 1`. */
  readonly #keyRuns: Int32Array;
  readonly #memory: Memory;
  readonly #runOf: Int32Array;

  constructor(memory: Memory) {
    this.#memory = memory;
    const { steps, keys, key, write, process } = memory;
    const offsets = new Int32Array(keys + 1);
    let writes = 0;
    for (let step = 0; step < steps; step += 1) {
      if (write[step] === NO_VALUE) continue;
      offsets[key[step]! + 1]! += 1;
      writes += 1;
    }
    for (let k = 0; k < keys; k += 1) offsets[k + 1]! += offsets[k]!;
    this.#steps = new Int32Array(writes);
    for (let step = 0; step < steps; step += 1) {
      if (write[step] === NO_VALUE) continue;
      const place = offsets[key[step]!]!;
      this.#steps[place] = step;
      offsets[key[step]!] = place + 1;
    }
    const runStart: number[] = [];
    const runProcess: number[] = [];
    this.#keyRuns = new Int32Array(keys + 1);
    let place = 0;
    for (let k = 0; k < keys; k += 1) {
      this.#keyRuns[k] = runStart.length;
      for (let last = -1; place < offsets[k]!; place += 1) {
        const p = process[this.#steps[place]!]!;
        if (p === last) continue;
        runStart.push(place);
        runProcess.push(p);
        last = p;
      }
    }
    this.#runOf = new Int32Array(steps).fill(-1);
    this.#keyRuns[keys] = runStart.length;
    runStart.push(writes);
    this.#runStart = Int32Array.from(runStart);
    this.#runProcess = Int32Array.from(runProcess);
    for (let run = 0; run < runProcess.length; run += 1)
      for (let at = runStart[run]!; at < runStart[run + 1]!; at += 1)
        this.#runOf[this.#steps[at]!] = run;
  }

  /** How many (key, process) pairs write. */
  get runs(): number {
    return this.#runProcess.length;
  }

  /** The run of a writing step. */
  runOf(write: number): number {
    return this.#runOf[write]!;
  }

  firstRun(key: number): number {
    return this.#keyRuns[key]!;
  }

  /** One past the last run of the key. */
  endRun(key: number): number {
    return this.#keyRuns[key + 1]!;
  }

  processOf(run: number): number {
    return this.#runProcess[run]!;
  }

  /** The last step of the run among the first `count` steps of its process, or -1. */
  lastWithin(run: number, count: number): number {
    const bound = this.#memory.firstStep[this.#runProcess[run]!]! + count;
    let low = this.#runStart[run]!;
    let high = this.#runStart[run + 1]!;
    const start = low;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#steps[middle]! < bound) low = middle + 1;
      else high = middle;
    }
    return low === start ? -1 : this.#steps[low - 1]!;
  }

  /** The first step of the run for which `holds` is true, or -1; `holds` must stay true once it is. */
  firstWhere(run: number, holds: (step: number) => boolean): number {
    let low = this.#runStart[run]!;
    const end = this.#runStart[run + 1]!;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#steps[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low === end ? -1 : this.#steps[low]!;
  }
}
