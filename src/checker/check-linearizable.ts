import type { History } from '../history/history.ts';
import type { CheckOptions } from './check-options.ts';
import { compileRegisters } from './compile/compile-registers.ts';
import { refuseUnknownFunctions } from './compile/complain.ts';
import { modelTasks, registerTasks } from './compile/search-tasks.ts';
import type { ObjectTask } from './compile/search-tasks.ts';
import { variantFor } from './models/catalogue.ts';
import type { Model } from './models/model.ts';
import { queue, stack } from './models/containers.ts';
import { isRegisterModel } from './models/register.ts';
import { queueMonitor } from './monitors/queue-monitor.ts';
import { stackPatterns } from './monitors/stack-patterns.ts';
import { subTask } from './monitors/sub-task.ts';
import { DEFAULT_BUDGET } from './search/budget.ts';
import type { Budget } from './search/budget.ts';
import { portfolioSearch } from './search/portfolio.ts';
import type { Verdict } from './verdict.ts';
import { VerdictMaker } from './verdict-maker.ts';
import { frontierSearch } from './search/frontier-search.ts';
import { zoneCheck } from './zones/zone-check.ts';
import { zoneTask } from './zones/zone-task.ts';
import { zoneOrder } from './zones/zone-order.ts';

/** The two values at fault are a small part of a history; when even that is too much, the zones' own ends are named. */
const FIRST_FAILURE_BUDGET: Budget = { configurations: 200_000, bytes: 64 * 1024 * 1024 };

/** Routes each object to the cheapest exact procedure and puts their answers together. */
export function checkLinearizable(history: History, asked: Model, options: CheckOptions): Verdict {
  const model = variantFor(asked, history.columns.functions);
  refuseUnknownFunctions(history, model);
  const budget: Budget = { ...DEFAULT_BUDGET, ...options.budget };
  const maker = new VerdictMaker(history, model.name);
  if (!isRegisterModel(model)) {
    const tasks = modelTasks(history, model, history.dialect);
    if (model.name === queue.name && options.witness !== true)
      return monitorContainers(history, tasks, budget, options, maker, queueMonitor, QUEUE_MONITOR);
    if (model.name === stack.name)
      return monitorContainers(
        history,
        tasks,
        budget,
        options,
        maker,
        stackPatterns,
        STACK_PATTERNS,
      );
    return searchAll(tasks, budget, options, maker);
  }
  const registers = compileRegisters(history, model, history.dialect);
  const zones = zoneCheck(history.columns, registers);
  maker.zonesJudged(registers, zones);
  if (zones.violation !== undefined) {
    const { task, candidates, failed } = zoneTask(history, registers, zones.violation);
    // The story ends at the first answer that no order explains; what came later only repeats it.
    const searched = frontierSearch(task.task, FIRST_FAILURE_BUDGET);
    return searched.outcome === 'violated'
      ? maker.violated(task, searched.failedOperation, undefined, zones.violation)
      : maker.violated(task, failed, candidates, zones.violation);
  }
  if (options.witness === true) zoneOrder(history, registers, zones, maker);
  const tasks = registerTasks(history, registers, new Set(zones.unjudged.keys()));
  return searchAll(tasks, budget, options, maker);
}

const QUEUE_MONITOR = 'queue monitor (every value is different)';
const STACK_PATTERNS = 'stack patterns (every value is different)';

/** Queues and stacks of different values are looked through first; what that cannot judge is searched. */
function monitorContainers(
  history: History,
  tasks: readonly ObjectTask[],
  budget: Budget,
  options: CheckOptions,
  maker: VerdictMaker,
  monitor: typeof queueMonitor,
  name: string,
): Verdict {
  const left: ObjectTask[] = [];
  for (const object of tasks) {
    const finding = monitor(history, object.task.op);
    if (finding.outcome === 'not-judged') {
      maker.fallsBack(finding.because);
      left.push(object);
      continue;
    }
    maker.judgedBy(name);
    if (finding.outcome === 'linearizable') continue;
    // Leaving out the passage of every other value keeps a queue linearizable.
    const task = subTask(object.task, finding.operations);
    return maker.violatedFor({ ...object, task }, object.task.op);
  }
  return searchAll(left, budget, options, maker);
}

function searchAll(
  tasks: readonly ObjectTask[],
  budget: Budget,
  options: CheckOptions,
  maker: VerdictMaker,
): Verdict {
  let left = budget.configurations;
  for (const object of tasks) {
    const result = portfolioSearch(
      object.task,
      { ...budget, configurations: left },
      options.witness,
    );
    left -= result.work;
    maker.searched(object, result);
    if (result.outcome === 'violated') return maker.violated(object, result.failedOperation);
  }
  return maker.finish();
}
