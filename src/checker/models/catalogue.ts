import { counter, queue, set, setByElement, stack } from './containers.ts';
import { appendStore, multiRegister } from './kv-store.ts';
import { lock, mutex } from './locks.ts';
import { log } from './log.ts';
import type { Model } from './model.ts';
import { casRegisterDefinition, plainStoreDefinition, registerDefinition } from './register.ts';

/** Every data type by its name on the command line. */
export const MODELS: readonly Model[] = [
  registerDefinition,
  casRegisterDefinition,
  plainStoreDefinition,
  multiRegister,
  counter,
  set,
  queue,
  stack,
  mutex,
  lock,
  log,
];

/** Other names that people use. */
const ALIASES: Readonly<Record<string, string>> = {
  'fifo-queue': 'queue',
  'fenced-lock': 'lock',
  store: 'kv',
  'kv-store': 'kv',
  'append-log': 'log',
};

/** The model of this name, or `undefined`. A `kv` history that appends is judged by {@link appendStore}. */
export function modelNamed(name: string): Model | undefined {
  const known = ALIASES[name] ?? name;
  return MODELS.find((model) => model.name === known);
}

/** The variant of a model that knows all of a history's functions. */
export function variantFor(model: Model, functions: readonly string[]): Model {
  if (model === plainStoreDefinition && functions.includes('append')) return appendStore;
  if (model === set && !functions.includes('read') && !functions.includes('get'))
    return setByElement;
  return model;
}
