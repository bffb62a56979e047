import type { Message, NodeId } from '../engine/env.ts';
import type { SimulationObserver } from '../engine/ports.ts';
import type { Trigger } from './fault.ts';

interface Waiting {
  readonly trigger: Trigger;
  left: number;
  readonly action: () => void;
}

/** Watches a run for triggers; each fires once. Costs nothing for hooks that nobody waits on. */
export class TriggerHub implements SimulationObserver {
  readonly #nameOf: (node: NodeId) => string;
  readonly #marks: Waiting[] = [];
  readonly #sends: Waiting[] = [];
  readonly #deliveries: Waiting[] = [];
  readonly #events: Waiting[] = [];
  readonly #faults: Waiting[] = [];
  readonly #operations: Waiting[] = [];

  constructor(nameOf: (node: NodeId) => string) {
    this.#nameOf = nameOf;
  }

  wait(trigger: Trigger, action: () => void): void {
    const nth = trigger.kind === 'mark' || trigger.kind === 'message' ? trigger.nth : 1;
    this.#listOf(trigger).push({ trigger, left: nth, action });
  }

  #listOf(trigger: Trigger): Waiting[] {
    switch (trigger.kind) {
      case 'mark':
        return this.#marks;
      case 'message':
        return trigger.on === 'sent' ? this.#sends : this.#deliveries;
      case 'event':
        return this.#events;
      case 'fault':
        return this.#faults;
      case 'operation':
        return this.#operations;
    }
  }

  onMark(node: NodeId, name: string, detail: Readonly<Record<string, unknown>>): void {
    if (this.#marks.length === 0) return;
    this.#notify(this.#marks, (trigger) => {
      if (trigger.kind !== 'mark' || trigger.mark !== name) return false;
      if (trigger.node !== null && trigger.node !== this.#nameOf(node)) return false;
      return Object.entries(trigger.where).every(([field, value]) => detail[field] === value);
    });
  }

  onSend(from: NodeId, to: NodeId, message: Message): void {
    if (this.#sends.length > 0) this.#onMessage(this.#sends, from, to, message);
  }

  onDeliver(from: NodeId, to: NodeId, message: Message): void {
    if (this.#deliveries.length > 0) this.#onMessage(this.#deliveries, from, to, message);
  }

  #onMessage(list: Waiting[], from: NodeId, to: NodeId, message: Message): void {
    this.#notify(
      list,
      (trigger) =>
        trigger.kind === 'message' &&
        trigger.type === message.type &&
        (trigger.from === null || trigger.from === this.#nameOf(from)) &&
        (trigger.to === null || trigger.to === this.#nameOf(to)),
    );
  }

  onEvent(event: number): void {
    if (this.#events.length > 0)
      this.#notify(this.#events, (trigger) => trigger.kind === 'event' && event >= trigger.event);
  }

  onFault(id: string, edge: 'start' | 'end'): void {
    this.#notify(
      this.#faults,
      (trigger) => trigger.kind === 'fault' && trigger.id === id && trigger.edge === edge,
    );
  }

  onOperation(id: string, edge: 'invoke' | 'complete'): void {
    this.#notify(
      this.#operations,
      (trigger) => trigger.kind === 'operation' && trigger.id === id && trigger.edge === edge,
    );
  }

  #notify(list: Waiting[], matches: (trigger: Trigger) => boolean): void {
    for (const waiting of [...list]) {
      if (!matches(waiting.trigger)) continue;
      waiting.left -= 1;
      if (waiting.left > 0) continue;
      list.splice(list.indexOf(waiting), 1);
      waiting.action();
    }
  }
}
