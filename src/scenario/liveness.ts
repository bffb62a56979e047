import type { ClientDriver } from './client-driver.ts';
import { quorumCoreText } from './quorum-core.ts';
import { formatDuration } from './units.ts';
import { keyName } from './workload.ts';
import type { World } from './world.ts';

/** How often the end of what is unfinished is looked for. */
const LOOK_AGAIN_US = 10_000;

/**
 * After the heal: every client reads every key until it is answered, within a stated bound. It shows that the cluster
 * serves again, and lets the checker see where the state ended.
 */
export class LivenessPhase {
  readonly boundUs: number;
  /** After that the run goes on for so long, with nothing to do, to show that nothing changes. */
  readonly #idleUs: number;
  readonly #world: World;
  readonly #waiting = new Set<ClientDriver>();
  #begunUs = 0;
  /** Virtual µs from the heal to the last client's last answer; null while some client waits. */
  servedAfterUs: number | null = null;
  begun = false;
  #settled = false;

  constructor(world: World, boundUs: number, idleUs: number) {
    this.#world = world;
    this.boundUs = boundUs;
    this.#idleUs = idleUs;
  }

  /** The clients that have not been served yet. */
  waiting(): readonly string[] {
    return [...this.#waiting].map((driver) => driver.host.name);
  }

  begin(): void {
    const { simulation, drivers } = this.#world;
    this.begun = true;
    this.#begunUs = simulation.nowUs;
    simulation.control(simulation.nowUs + this.boundUs, 'end of liveness phase', () => {
      if (this.#settled) return;
      this.#world.reportUnfinished();
      simulation.stop();
    });
    for (const driver of drivers) {
      this.#waiting.add(driver);
      this.#read(driver, 0);
    }
    if (drivers.length === 0) this.#finish();
  }

  #read(driver: ClientDriver, index: number): void {
    const keys = this.#keys();
    if (index === keys.length) {
      this.#waiting.delete(driver);
      if (this.#waiting.size === 0) this.#finish();
      return;
    }
    driver.submit({ f: 'read', key: keys[index]!, value: null }, null, (outcome) => {
      this.#read(driver, outcome.type === 'ok' ? index + 1 : index);
    });
  }

  #keys(): readonly string[] {
    const { workload, script } = this.#world.scenario;
    const drawn =
      workload === null ? [] : Array.from({ length: workload.keys }, (_, k) => keyName(k));
    const scripted = script.flatMap((step) => (step.key === null ? [] : [step.key]));
    const keys = [...new Set([...drawn, ...scripted])];
    return keys.length === 0 ? [keyName(0)] : keys;
  }

  #finish(): void {
    const { simulation } = this.#world;
    this.servedAfterUs = simulation.nowUs - this.#begunUs;
    this.#whenFinished(() => {
      this.#rest();
    });
  }

  /** Served clients are not all: what the protocol has begun must come to its end within the same bound. */
  #whenFinished(then: () => void): void {
    const { simulation } = this.#world;
    if (this.#world.unfinished().length === 0) then();
    else
      simulation.control(simulation.nowUs + LOOK_AGAIN_US, 'unfinished work', () => {
        this.#whenFinished(then);
      });
  }

  #rest(): void {
    const { simulation } = this.#world;
    this.#settled = true;
    if (this.#idleUs === 0) {
      simulation.stop();
      return;
    }
    this.#world.enter('idle');
    simulation.control(simulation.nowUs + this.#idleUs, 'end of idle phase', () => {
      this.#endIdle();
    });
  }

  /** What was finished may have come undone while nobody asked for anything. */
  #endIdle(): void {
    const { simulation } = this.#world;
    simulation.control(simulation.nowUs + this.boundUs, 'end of liveness phase', () => {
      this.#world.reportUnfinished();
      simulation.stop();
    });
    this.#whenFinished(() => {
      simulation.stop();
    });
  }

  /** `every client was served within 312 ms of the heal (bound 5 s)`. */
  sentence(): string {
    const { core, scenario } = this.#world;
    const bound = formatDuration(this.boundUs);
    const healed = core === null ? '' : ` of ${quorumCoreText(core, scenario.servers)}`;
    if (this.servedAfterUs !== null)
      return `every client was served within ${formatDuration(this.servedAfterUs)} of the heal${healed} (bound ${bound})`;
    const waiting = this.waiting().join(', ');
    return core === null
      ? `${bound} after all faults were healed, ${waiting} still had no answer to a read`
      : `${bound} after the heal${healed}, ${waiting} still had no answer to a read`;
  }
}
