/** One million parts per million: a clock that runs at the true rate. */
const NOMINAL_PPM = 1_000_000;

/**
 * A piecewise-linear clock over true virtual time: `reading = base + (now - since) * rate / 1,000,000`, whole µs.
 */
class LinearClock {
  #baseUs = 0;
  #sinceUs = 0;
  #ratePpm = NOMINAL_PPM;

  read(nowUs: number): number {
    const elapsedUs = nowUs - this.#sinceUs;
    if (this.#ratePpm === NOMINAL_PPM) return this.#baseUs + elapsedUs;
    return this.#baseUs + Math.floor((elapsedUs * this.#ratePpm) / NOMINAL_PPM);
  }

  /** The true time at which the clock will first read `readingUs` or more; Infinity while it stands still. */
  timeOf(readingUs: number, nowUs: number): number {
    const missingUs = readingUs - this.read(nowUs);
    if (missingUs <= 0) return nowUs;
    if (this.#ratePpm === NOMINAL_PPM) return this.#sinceUs + (readingUs - this.#baseUs);
    if (this.#ratePpm === 0) return Infinity;
    const sinceBaseUs = Math.ceil(((readingUs - this.#baseUs) * NOMINAL_PPM) / this.#ratePpm);
    return Math.max(nowUs + 1, this.#sinceUs + sinceBaseUs);
  }

  setRate(ratePpm: number, nowUs: number): void {
    this.#baseUs = this.read(nowUs);
    this.#sinceUs = nowUs;
    this.#ratePpm = ratePpm;
  }

  jump(byUs: number): void {
    this.#baseUs += byUs;
  }
}

/**
 * A node's two clocks. The wall clock may be offset, step either way, drift and freeze; the monotonic clock drifts and
 * freezes but never steps. Drift and freeze touch both (one oscillator), a step only the wall clock (that is what NTP
 * and people do to it).
 */
export class NodeClock {
  readonly #wall = new LinearClock();
  readonly #monotonic = new LinearClock();
  #driftPpm = 0;
  #frozen = false;
  /** True while drift is 0 and nothing is frozen: the monotonic clock is true time, shifted. */
  nominal = true;

  /** `wallOffsetUs`: how far the wall clock is ahead of true virtual time at the start (negative: behind). */
  constructor(wallOffsetUs = 0) {
    this.#wall.jump(wallOffsetUs);
  }

  wallUs(nowUs: number): number {
    return this.#wall.read(nowUs);
  }

  monotonicUs(nowUs: number): number {
    return this.#monotonic.read(nowUs);
  }

  /** The true time at which the monotonic clock reads `monotonicUs`; Infinity while frozen. */
  trueTimeOf(monotonicUs: number, nowUs: number): number {
    return this.#monotonic.timeOf(monotonicUs, nowUs);
  }

  /** Steps the wall clock by `byUs` (either sign). */
  step(byUs: number): void {
    this.#wall.jump(byUs);
  }

  /** Lets both clocks gain (positive) or lose `driftPpm` µs a second; -999,999..1,000,000. */
  setDrift(driftPpm: number, nowUs: number): void {
    if (!Number.isInteger(driftPpm) || driftPpm <= -NOMINAL_PPM || driftPpm > NOMINAL_PPM)
      throw new RangeError(
        `clock drift ${driftPpm} ppm: expected a whole number in -999999..1000000`,
      );
    this.#driftPpm = driftPpm;
    this.#apply(nowUs);
  }

  setFrozen(frozen: boolean, nowUs: number): void {
    this.#frozen = frozen;
    this.#apply(nowUs);
  }

  #apply(nowUs: number): void {
    const ratePpm = this.#frozen ? 0 : NOMINAL_PPM + this.#driftPpm;
    this.#wall.setRate(ratePpm, nowUs);
    this.#monotonic.setRate(ratePpm, nowUs);
    this.nominal = ratePpm === NOMINAL_PPM;
  }
}
