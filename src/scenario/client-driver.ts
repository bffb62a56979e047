import type { HistoryBuilder } from '../history/history-builder.ts';
import type { ClientProgram, OperationRequest, Outcome } from '../protocols/protocol.ts';
import { COMPLETE, INVOKE } from '../sim/engine/event-kind.ts';
import type { NodeHost } from '../sim/engine/node-host.ts';
import type { Simulation } from '../sim/engine/simulation.ts';
import type { OperationSource, WorkloadState } from './workload.ts';

/** What drivers tell the run. */
export interface DriverListener {
  /** `process`: the number under which the operation stands in the history. */
  onInvoke(client: NodeHost, id: string | null, operation: OperationRequest, process: number): void;
  onComplete(
    client: NodeHost,
    id: string | null,
    operation: OperationRequest,
    outcome: Outcome,
    process: number,
  ): void;
}

interface Job {
  readonly operation: OperationRequest;
  /** The script step's id, null for operations of the workload. */
  readonly id: string | null;
  readonly then: ((outcome: Outcome) => void) | null;
}

/** How long a client that is down or paused is left alone before it is asked again. */
const RETRY_US = 10_000;

/**
 * Makes one client node perform operations, one at a time, and records what it was told. After an unknown outcome the
 * client goes on under a new process number: the old one never acts again (DESIGN §6).
 */
export class ClientDriver {
  readonly host: NodeHost;
  readonly #simulation: Simulation;
  readonly #history: HistoryBuilder;
  readonly #listener: DriverListener;
  readonly #shared: WorkloadState;
  readonly #processStep: number;
  #process: number;
  #source: OperationSource | null = null;
  #queue: Job[] = [];
  #current: Job | null = null;
  #token = 0;

  /** `process`: this client's first process number; later ones are `processStep` apart. */
  constructor(
    host: NodeHost,
    history: HistoryBuilder,
    shared: WorkloadState,
    process: number,
    processStep: number,
    listener: DriverListener,
  ) {
    this.host = host;
    this.#simulation = host.simulation;
    this.#history = history;
    this.#shared = shared;
    this.#process = process;
    this.#processStep = processStep;
    this.#listener = listener;
  }

  /** Nothing under way and nothing waiting. */
  get idle(): boolean {
    return this.#current === null && this.#queue.length === 0;
  }

  /** Begins to draw operations from `source`. */
  startWorkload(source: OperationSource): void {
    this.#source = source;
    this.#later(source.thinkUs());
  }

  /** Draws no more operations; those asked for are still performed. */
  stopWorkload(): void {
    this.#source = null;
  }

  /** Forgets what waits; what is under way goes on. */
  clearQueue(): void {
    this.#queue = [];
  }

  /** Performs this operation as soon as the client is free. */
  submit(operation: OperationRequest, id: string | null, then: Job['then'] = null): void {
    this.#queue.push({ operation, id, then });
    this.#next();
  }

  /** The client program has an answer for the operation of `token`. */
  complete(token: number, outcome: Outcome): void {
    if (this.#current === null || token !== this.#token) return;
    const job = this.#current;
    const { operation } = job;
    this.#current = null;
    const { simulation } = this.host;
    simulation.record(
      COMPLETE,
      this.host.id,
      -1,
      token,
      simulation.digester.of([outcome.type, outcome.value ?? null]),
      { operation, outcome },
    );
    this.#history.complete(
      this.#process,
      outcome.type,
      outcome.value,
      simulation.nowUs,
      outcome.error ?? undefined,
    );
    const process = this.#process;
    if (outcome.type === 'info') this.#process += this.#processStep;
    this.#remember(operation, outcome);
    this.#listener.onComplete(this.host, job.id, operation, outcome, process);
    job.then?.(outcome);
    if (this.#queue.length > 0) this.#later(0);
    else if (this.#source !== null) this.#later(this.#source.thinkUs());
  }

  /** The client's process died: what it had asked for is unknown. */
  onCrash(): void {
    this.complete(this.#token, { type: 'info', error: 'client crashed' });
  }

  #later(delayUs: number): void {
    this.#simulation.control(this.#simulation.nowUs + delayUs, `client ${this.host.name}`, () => {
      this.#next();
    });
  }

  #next(): void {
    if (this.#current !== null) return;
    if (this.host.status !== 'up') {
      if (this.#queue.length > 0 || this.#source !== null) this.#later(RETRY_US);
      return;
    }
    const job = this.#queue.shift() ?? this.#draw();
    if (job === null) return;
    this.#current = job;
    this.#token += 1;
    const token = this.#token;
    const { operation } = job;
    const { simulation } = this.host;
    simulation.record(
      INVOKE,
      this.host.id,
      -1,
      token,
      simulation.digester.of(operation),
      operation,
    );
    this.#history.invoke(
      this.#process,
      operation.f,
      operation.key ?? undefined,
      operation.f === 'read' ? undefined : operation.value,
      simulation.nowUs,
    );
    this.#listener.onInvoke(this.host, job.id, operation, this.#process);
    this.host.act(() => {
      (this.host.program as ClientProgram).perform(operation, token);
    });
  }

  #draw(): Job | null {
    const operation = this.#source?.next() ?? null;
    if (operation === null) {
      this.#source = null;
      return null;
    }
    return { operation, id: null, then: null };
  }

  #remember(operation: OperationRequest, outcome: Outcome): void {
    if (outcome.type !== 'ok' || operation.key === null) return;
    const { f, key, value } = operation;
    if (f === 'read') this.#shared.lastSeen.set(key, outcome.value ?? null);
    else if (f === 'write') this.#shared.lastSeen.set(key, value);
    else if (f === 'cas') this.#shared.lastSeen.set(key, (value as readonly unknown[])[1]);
  }
}
