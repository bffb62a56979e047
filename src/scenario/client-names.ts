import { History } from '../history/history.ts';

/**
 * The client behind a process of a run's history. Client i begins as process i and, after an unknown outcome, goes on
 * under a number that is `clients.length` higher (DESIGN §6): the old process never acts again.
 */
export function clientOf(process: number | string, clients: readonly string[]): string {
  const name = typeof process === 'number' ? clients[process % clients.length] : undefined;
  return name ?? String(process);
}

/** The same history with clients' names for processes: explanations then speak of the clients of the scenario. */
export function namedByClient(history: History, clients: readonly string[]): History {
  const { columns, dialect } = history;
  const processes = columns.processes.map((process) => clientOf(process, clients));
  return new History({ ...columns, processes }, dialect);
}
