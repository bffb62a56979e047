import type { NodeId, Task } from '../../sim/engine/env.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import type { RaftConfig } from './config.ts';
import type { RaftMonitor } from './ghost/monitor.ts';
import type { Witness } from './ghost/witness.ts';
import type { ClientReply, ClientRequest } from './messages.ts';

/** What the attempts of one operation came to. */
type Answer =
  ClientReply | { readonly status: 'gaveUp' | 'sessionExpired' | 'unknown'; readonly value: null };

/**
 * A client: one operation at a time, at the leader as far as it knows it, again after silence or refusal. With
 * sessions a repeated command takes effect once, so it may be repeated until it is answered (dissertation §6.3).
 */
export class RaftClient implements ClientProgram {
  protected readonly context: ClientContext<RaftConfig, RaftMonitor>;
  #session = 0;
  #sequence = 0;
  #leader: NodeId | null = null;
  /** Position in the server list, for when no leader is known. */
  #next: number;
  readonly #witness: Witness | null;
  /** True when some attempt of the operation under way may have reached a log. */
  protected mayHaveHappened = false;

  constructor(context: ClientContext<RaftConfig, RaftMonitor>) {
    this.context = context;
    this.#witness = context.monitor?.witness ?? null;
    this.#next = context.env.random('client').below(context.servers.length);
  }

  perform(operation: OperationRequest, token: number): void {
    this.context.env.spawn(this.#run(operation, token));
  }

  *#run(operation: OperationRequest, token: number): Task {
    const witnessed = this.#witness?.invoked(operation) ?? null;
    const deadlineUs = this.context.env.monotonicUs() + this.context.config.operationTimeoutUs;
    this.mayHaveHappened = false;
    const changes = operation.f !== 'read';
    const inSession =
      this.context.config.sessions && (changes || this.context.config.reads === 'log');
    if (inSession && this.#session === 0) yield* this.#register(deadlineUs);
    if (inSession && this.#session === 0) {
      const outcome: Outcome = { type: 'fail', error: 'no session could be opened' };
      if (witnessed !== null) this.#witness!.completed(witnessed, null, outcome);
      this.report(token, outcome);
      return;
    }
    this.#sequence += 1;
    const request: ClientRequest = {
      type: 'ClientRequest',
      session: inSession ? this.#session : 0,
      sequence: this.#sequence,
      f: operation.f,
      key: operation.key ?? '',
      value: operation.value ?? null,
    };
    if (witnessed !== null) this.#witness!.requested(witnessed, request);
    const answer = yield* this.#attempt(request, deadlineUs);
    const outcome = this.outcome(answer, changes);
    if (witnessed !== null) this.#witness!.completed(witnessed, request, outcome);
    this.report(token, outcome);
  }

  /** Tells the run, whose history the checker judges; the witness was told before. */
  protected report(token: number, outcome: Outcome): void {
    this.context.complete(token, outcome);
  }

  /** Opens a session; its number is the index of the log entry that opened it. */
  *#register(deadlineUs: number): Task {
    const request: ClientRequest = {
      type: 'ClientRequest',
      session: 0,
      sequence: 0,
      f: 'register',
      key: '',
      value: null,
    };
    const answer = yield* this.#attempt(request, deadlineUs);
    if (answer.status === 'ok') this.#session = answer.value as number;
    this.#sequence = 0;
    this.mayHaveHappened = false;
  }

  /** Tries server after server until one answers for good, or the time is up. */
  *#attempt(request: ClientRequest, deadlineUs: number): Task<Answer> {
    const { env, config } = this.context;
    for (;;) {
      const leftUs = deadlineUs - env.monotonicUs();
      if (leftUs <= 0) return { status: 'gaveUp', value: null };
      const server = this.#server();
      const result = yield* env.call<ClientReply>(
        server,
        request,
        Math.min(leftUs, config.attemptTimeoutUs),
      );
      if (!result.ok) {
        this.mayHaveHappened = true;
        this.#leader = null;
        if (!this.mayRepeat(request)) return { status: 'unknown', value: null };
        continue;
      }
      const reply = result.message;
      switch (reply.status) {
        case 'ok':
        case 'compare':
          this.#leader = config.followerReads ? null : server;
          return reply;
        case 'sessionExpired':
          this.#session = 0;
          return { status: 'sessionExpired', value: null };
        case 'unknown':
          this.mayHaveHappened = true;
          this.#leader = reply.leader;
          if (!this.mayRepeat(request)) return { status: 'unknown', value: null };
          break;
        case 'notLeader':
        case 'busy':
          this.#leader = reply.leader === server ? null : reply.leader;
          break;
      }
      if (this.#leader === null) yield* env.sleep(Math.min(leftUs, config.retryBackoffUs));
    }
  }

  /** A read may be repeated, and so may a command that its session makes take effect once. */
  protected mayRepeat(request: ClientRequest): boolean {
    return request.f === 'read' || request.f === 'register' || request.session > 0;
  }

  #server(): NodeId {
    if (this.#leader !== null) return this.#leader;
    const { servers } = this.context;
    this.#next = (this.#next + 1) % servers.length;
    return servers[this.#next]!;
  }

  /** Silence is never failure: a command that may have reached a log is unknown. */
  protected outcome(answer: Answer, changes: boolean): Outcome {
    switch (answer.status) {
      case 'ok':
        return { type: 'ok', value: answer.value };
      case 'compare':
        return { type: 'fail', error: 'compare' };
      case 'sessionExpired':
        // The first attempt may have taken effect before its session was forgotten.
        return this.mayHaveHappened && changes
          ? { type: 'info', error: 'session expired' }
          : { type: 'fail', error: 'session expired' };
      case 'gaveUp':
      case 'unknown':
      case 'notLeader':
      case 'busy':
        return this.mayHaveHappened && changes
          ? { type: 'info', error: 'no answer in time' }
          : { type: 'fail', error: 'no leader found in time' };
    }
  }
}
