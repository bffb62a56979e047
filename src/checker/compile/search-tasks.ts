import { FAIL, NEVER } from '../../history/history.ts';
import type { Dialect, History } from '../../history/history.ts';
import { canonicalJson } from '../../history/canonical-json.ts';
import type { Call, Model } from '../models/model.ts';
import { ModelMachine } from '../search/model-machine.ts';
import { RegisterMachine } from '../search/register-machine.ts';
import type { SearchTask } from '../search/search-task.ts';
import { complain } from './complain.ts';
import { DROPPED } from './compile-registers.ts';
import type { RegisterColumns } from './compile-registers.ts';

/** One object of a history, ready to be searched. */
export interface ObjectTask {
  /** The object's name as people write it; `undefined` when the history has only one. */
  readonly name: string | undefined;
  readonly task: SearchTask;
}

/** Tasks for the registers in `wanted`. */
export function registerTasks(
  history: History,
  columns: RegisterColumns,
  wanted: ReadonlySet<number>,
): ObjectTask[] {
  const machine = new RegisterMachine();
  const ops = new Map<number, number[]>();
  for (const object of wanted) ops.set(object, []);
  const { kind, object } = columns;
  for (let i = 0; i < kind.length; i++) {
    if (kind[i] === DROPPED) continue;
    ops.get(object[i]!)?.push(i);
  }
  const tasks: ObjectTask[] = [];
  for (const [number, list] of ops) {
    if (list.length === 0) continue;
    const action = new Int32Array(list.length);
    list.forEach((i, at) => {
      action[at] = machine.action(kind[i]!, columns.from[i]!, columns.to[i]!);
    });
    tasks.push({
      name: number === 0 ? undefined : nameOf(history.columns.keys[number - 1]),
      task: { machine, starts: [columns.initial], action, ...timesOf(history, list) },
    });
  }
  return tasks;
}

/** Tasks for every object of a history under any other model. @throws CheckError on values of the wrong shape. */
export function modelTasks(history: History, model: Model, dialect: Dialect): ObjectTask[] {
  const objects = new Map<string, { name: string | undefined; ops: number[]; calls: Call[] }>();
  for (let i = 0; i < history.length; i++) {
    const op = history.operation(i);
    const crashed = history.columns.complete[i] === NEVER;
    let call: Call = {
      f: op.f,
      process: op.process,
      key: op.key,
      input: op.input,
      output: op.status === 'ok' ? op.output : undefined,
      outcome: op.status === 'ok' ? 'ok' : 'unknown',
    };
    if (history.columns.status[i] === FAIL) {
      if (model.refuses?.(call, op.error, dialect) !== true) continue;
      call = { ...call, outcome: 'refused' };
    } else if (isRefusal(model, call)) call = { ...call, outcome: 'refused' };
    const complaint = model.complaint?.(call);
    if (complaint !== undefined) complain(history, i, complaint);
    const pure = model.isPure?.(call) ?? false;
    if (pure && (crashed || (isRead(call) && isUnknownRead(call, dialect)))) continue;
    const partition =
      model.partition === null ? undefined : (model.partition?.(call) ?? call.key ?? undefined);
    const id = partition === undefined ? '' : canonicalJson(partition);
    let object = objects.get(id);
    if (object === undefined) {
      object = {
        name: partition === undefined ? undefined : nameOf(partition),
        ops: [],
        calls: [],
      };
      objects.set(id, object);
    }
    object.ops.push(i);
    object.calls.push(call);
  }
  const tasks: ObjectTask[] = [];
  for (const { name, ops, calls } of objects.values()) {
    const machine = new ModelMachine(model, ops.length);
    const start = machine.state(model.init(dialect.initial ?? null));
    const action = Int32Array.from(calls, (call) => machine.action(call));
    tasks.push({ name, task: { machine, starts: [start], action, ...timesOf(history, ops) } });
  }
  return tasks;
}

function isRead(call: Call): boolean {
  return call.f === 'read' || call.f === 'get' || call.f === 'r';
}

function isUnknownRead(call: Call, dialect: Dialect): boolean {
  return call.output === null && dialect.nilRead === 'unknown';
}

/** An ok cas that answers false compared and found another value. */
function isRefusal(model: Model, call: Call): boolean {
  return call.f === 'cas' && call.output === false && model.functions.includes('cas');
}

function nameOf(key: unknown): string {
  return typeof key === 'string' ? key : canonicalJson(key);
}

function timesOf(
  history: History,
  list: readonly number[],
): Pick<SearchTask, 'op' | 'invoke' | 'complete' | 'optional'> {
  return {
    op: Int32Array.from(list),
    invoke: Int32Array.from(list, (i) => history.columns.invoke[i]!),
    complete: Int32Array.from(list, (i) => history.columns.complete[i]!),
    optional: undefined,
  };
}
