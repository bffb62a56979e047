import type { DiskError, Message, NodeEnv, NodeId, NodeProgram } from '../sim/engine/env.ts';
import { StableLog, type LogObserver } from './stable-log.ts';
import { partsOf } from './timer-name.ts';

/**
 * A server that lives from a write-ahead log: it acts once its log is read and durable, and after a failed sync it
 * begins again from the disk, as after a crash.
 */
export abstract class LoggedNode<R> implements NodeProgram {
  readonly env: NodeEnv;
  protected readonly log: StableLog<R>;
  /** False while the log is being read: messages and timers are then ignored, as by a server that is still starting. */
  protected ready = false;

  constructor(env: NodeEnv, observer: LogObserver<R> | null) {
    this.env = env;
    this.log = new StableLog(env.disk, 'log', observer);
  }

  onStart(): void {
    this.#restart();
  }

  onMessage(from: NodeId, message: Message, replyTo: number): void {
    if (this.ready) this.receive(from, message, replyTo);
  }

  onTimer(name: string): void {
    if (!this.ready) return;
    this.timeout(...partsOf(name));
  }

  onSynced(token: number, error: DiskError | null): void {
    if (this.log.synced(token, error)) this.#restart();
  }

  /** Forgets everything volatile and rebuilds the state from the log; sends nothing yet. */
  protected abstract replay(records: readonly R[]): void;
  /** The node is up: take up what was under way. */
  protected abstract resume(): void;
  protected abstract receive(from: NodeId, message: Message, replyTo: number): void;
  /** The timer `purpose:subject` (or `purpose` alone) fired. It may be one of an earlier life. */
  protected abstract timeout(purpose: string, subject: string): void;

  #restart(): void {
    this.ready = false;
    this.log.recover((records) => {
      this.replay(records);
      this.ready = true;
      this.resume();
    });
  }
}
