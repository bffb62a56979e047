type AnyFunction = (this: unknown, ...parts: unknown[]) => unknown;
type Exports = Record<string, unknown>;

/** What a guard refuses when it is imported by name; the same functions as methods of globals are the guard's own list. */
const IMPORTED: readonly (readonly [module: string, names: readonly string[]])[] = [
  ['node:timers', ['setTimeout', 'setInterval', 'setImmediate']],
  ['node:timers/promises', ['setTimeout', 'setInterval', 'setImmediate']],
  [
    'node:crypto',
    ['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID', 'getRandomValues'],
  ],
];
/** Of `process` only the names that modules import change; the object stays as it is between runs. */
const OF_PROCESS: readonly string[] = ['hrtime', 'uptime', 'nextTick'];

// Module objects are the process's own: they are wrapped once, whatever runs come after.
// eslint-disable-next-line determinism/no-module-state
let wrapped = false;

/**
 * `import { randomUUID } from 'node:crypto'` binds the function itself: no change of a global reaches it. So, once a
 * process, these modules' functions are put behind a question: `ask(label, callee)` returns when no guard stands, and throws
 * when one does. Costs nothing a run. What was taken out of a module before the first run by `require` cannot be reached.
 */
export function wrapModules(ask: (label: string, callee: AnyFunction) => void): void {
  if (wrapped) return;
  wrapped = true;
  // A browser has no such modules, and no way to import them.
  const host = globalThis as {
    process?: { getBuiltinModule?: (id: string) => Exports | undefined };
  };
  const load = host.process?.getBuiltinModule;
  const modules = load?.('node:module') as { syncBuiltinESMExports: () => void } | undefined;
  if (load === undefined || modules === undefined) return;
  const behind = (owner: Exports, label: string, name: string): AnyFunction | null => {
    const original = owner[name];
    if (typeof original !== 'function') return null;
    const wrapper: AnyFunction = function (...parts) {
      ask(label, wrapper);
      return Reflect.apply(original, this, parts);
    };
    // `promisify.custom`, `hrtime.bigint`, `name` and `length` hang on the function.
    Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original));
    if (name === 'hrtime') {
      const { bigint } = original as unknown as { bigint: () => bigint };
      const asBigint: AnyFunction = () => {
        ask(`${label}.bigint`, asBigint);
        return bigint();
      };
      Object.assign(wrapper, { bigint: asBigint });
    }
    return wrapper;
  };
  for (const [module, names] of IMPORTED) {
    const owner = load(module);
    if (owner === undefined) continue;
    for (const name of names) {
      const wrapper = behind(owner, `${module.slice('node:'.length)}.${name}`, name);
      if (wrapper !== null) put(owner, name, wrapper);
    }
  }
  const owner = process as unknown as Exports;
  const originals = OF_PROCESS.map((name) => [name, owner[name]] as const);
  for (const name of OF_PROCESS) owner[name] = behind(owner, `process.${name}`, name);
  modules.syncBuiltinESMExports();
  for (const [name, original] of originals) owner[name] = original;
}

/** Some exports are getters. */
function put(owner: Exports, name: string, value: unknown): void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  if (own?.configurable === false) return;
  Object.defineProperty(owner, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: own?.enumerable ?? true,
  });
}
