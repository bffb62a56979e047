import { wrapModules } from './guard-modules.ts';

/** Simulated code touched real time, chance or I/O: the run would not repeat, so it ends here (exit 3). */
export class AmbientAccessError extends Error {
  readonly api: string;

  constructor(api: string) {
    super(
      `${api} used in simulated code: the run would not repeat. Use the node's env instead ` +
        `(${replacementFor(api)}).`,
    );
    this.name = 'AmbientAccessError';
    this.api = api;
  }
}

function replacementFor(api: string): string {
  if (/random|crypto/i.test(api)) return 'env.random(purpose)';
  if (/Timeout|Interval|Immediate|microtask|nextTick/i.test(api)) return 'env.setTimer, env.sleep';
  if (/fetch/.test(api)) return 'env.send, env.call';
  return 'env.wallUs(), env.monotonicUs()';
}

type Restore = () => void;

const GUARDED: readonly (readonly [owner: string, name: string])[] = [
  ['Date', 'now'],
  ['Math', 'random'],
  ['performance', 'now'],
  ['process', 'hrtime'],
  ['process', 'uptime'],
  ['crypto', 'getRandomValues'],
  ['crypto', 'randomUUID'],
  ['', 'setTimeout'],
  ['', 'setInterval'],
  ['', 'setImmediate'],
  ['', 'queueMicrotask'],
  ['process', 'nextTick'],
  ['', 'fetch'],
];

/**
 * While installed, ambient time, chance and timers throw {@link AmbientAccessError} instead of answering. The first
 * access is also kept, so that code which swallows the exception cannot hide it. One installation a run; a run inside
 * another puts back what it found. The price is paid once a run, not once an event.
 */
export class AmbientGuard {
  /** The first access since the installation. */
  violation: AmbientAccessError | null = null;
  #restores: Restore[] = [];
  /** The guard of the innermost run under way. */
  static #standing: AmbientGuard | null = null;

  install(): void {
    if (this.#restores.length > 0) throw new Error('the ambient guard is already installed');
    wrapModules((label, callee) => {
      const standing = AmbientGuard.#standing;
      if (standing !== null) standing.#violate(label, callee);
    });
    const outer = AmbientGuard.#standing;
    AmbientGuard.#standing = this;
    this.#restores.push(() => {
      AmbientGuard.#standing = outer;
    });
    for (const [owner, name] of GUARDED) this.#refuse(owner, name);
    this.#guardDate();
  }

  uninstall(): void {
    for (const restore of this.#restores.reverse()) restore();
    this.#restores = [];
  }

  /** Throws the first access, if there was one. */
  check(): void {
    if (this.violation !== null) throw this.violation;
  }

  #refuse(ownerName: string, name: string): void {
    const scope = globalThis as unknown as Record<string, unknown>;
    const owner = (ownerName === '' ? scope : scope[ownerName]) as
      Record<string, unknown> | undefined;
    const descriptor = owner === undefined ? undefined : findDescriptor(owner, name);
    if (owner === undefined || descriptor === undefined) return;
    const label = ownerName === '' ? name : `${ownerName}.${name}`;
    const original = owner[name] as (...parts: unknown[]) => unknown;
    const refuse = (...parts: unknown[]): unknown => {
      // Node's own streams take a tick to end what `console.log` began; that changes nothing in a run.
      if (name === 'nextTick' && isCalledByNode(refuse)) return original.apply(owner, parts);
      return this.#violate(label, refuse);
    };
    // `process.hrtime.bigint` and the like hang on the function itself.
    Object.assign(refuse, { bigint: refuse });
    this.#replace(owner, name, refuse);
  }

  /** `new Date()` and `Date()` read the clock; `new Date(0)` does not and stays allowed. Dates made before stay dates. */
  #guardDate(): void {
    const construct = (date: DateConstructor, parts: unknown[], target: unknown): object => {
      if (parts.length === 0) this.#violate('new Date()', construct);
      return Reflect.construct(date, parts, target as () => void) as object;
    };
    const apply = (): never => this.#violate('Date()', apply);
    this.#replace(globalThis, 'Date', new Proxy(Date, { construct, apply }));
  }

  #replace(owner: Record<string, unknown>, name: string, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, {
      value,
      configurable: true,
      writable: true,
      enumerable: own?.enumerable ?? false,
    });
    this.#restores.push(() => {
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, own);
    });
  }

  #violate(label: string, callee: (...parts: never[]) => unknown): never {
    const error = new AmbientAccessError(label);
    Error.captureStackTrace(error, callee);
    this.violation ??= error;
    throw error;
  }
}

function isCalledByNode(callee: (...parts: never[]) => unknown): boolean {
  const at: { stack?: string } = {};
  Error.captureStackTrace(at, callee);
  return /^.*\n\s+at [^\n]*\(?node:/.test(at.stack ?? '');
}

function findDescriptor(owner: object, name: string): PropertyDescriptor | undefined {
  for (
    let at: object | null = owner;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
