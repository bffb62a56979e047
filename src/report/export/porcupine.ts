import { NEVER, type Operation } from '../../history/history.ts';
import { clientOf } from '../../scenario/client-names.ts';
import { describeFaultBegun } from '../describe-fault.ts';
import { spansOf } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';

/** Go's largest int64: the return of an operation whose outcome nobody knows. Written as digits: no double holds it. */
const NEVER_RETURNS = '9223372036854775807';

/**
 * `operations` field for field as Porcupine's Go struct `Operation` (`ClientId`, `Input`, `Call`, `Output`, `Return`), each
 * with a `Metadata`, and `annotations` as its `Annotation`. `Call` and `Return` are positions in the total order of all
 * invocations and answers: two of one microsecond keep their order. The times stand in `Metadata`, in µs.
 */
export function* porcupine(run: RecordedRun): Generator<string> {
  const { history, scenario } = run.result;
  const ids = new Map(history.columns.processes.map((process, index) => [process, index]));
  yield '{"operations":[';
  for (let index = 0; index < history.length; index += 1) {
    const operation = history.operation(index);
    const client = clientOf(operation.process, scenario.clients);
    yield `${index === 0 ? '\n' : ',\n'}${operationJson(operation, ids.get(operation.process)!, client)}`;
  }
  yield '\n],"annotations":[';
  let first = true;
  for (const annotation of annotations(run)) {
    yield `${first ? '\n' : ',\n'}${annotation}`;
    first = false;
  }
  yield '\n]}\n';
}

function operationJson(operation: Operation, clientId: number, client: string): string {
  const { f, key, input, output, status, error, invoke, complete } = operation;
  const metadata = {
    process: operation.process,
    client,
    callUs: operation.invokeTimeUs,
    returnUs: Number.isNaN(operation.completeTimeUs) ? null : operation.completeTimeUs,
  };
  const fields = [
    `"ClientId":${clientId}`,
    `"Input":${JSON.stringify({ f, ...(key === undefined ? {} : { key }), ...(input === undefined ? {} : { value: input }) })}`,
    `"Call":${invoke}`,
    `"Output":${JSON.stringify({ status, ...(output === undefined ? {} : { value: output }), ...(error === null ? {} : { error }) })}`,
    `"Return":${complete >= NEVER ? NEVER_RETURNS : complete}`,
    `"Metadata":${JSON.stringify(metadata)}`,
  ];
  return `{${fields.join(',')}}`;
}

const COLORS = { network: '#D55E00', node: '#E69F00' } as const;

/** Faults, over the positions that they lasted. */
function* annotations(run: RecordedRun): Generator<string> {
  const positionAt = positionsByTime(run);
  for (const { fault, targets, startUs, endUs } of spansOf(run).faults) {
    const network = ['partition', 'isolate', 'one-way', 'messages', 'clog'].includes(
      fault.action.kind,
    );
    yield JSON.stringify({
      Tag: 'faults',
      Start: positionAt(startUs),
      End: positionAt(endUs ?? Infinity),
      Description: `${fault.id}: ${fault.action.kind}`,
      Details: describeFaultBegun({ fault, targets }),
      BackgroundColor: COLORS[network ? 'network' : 'node'],
    });
  }
}

/** Where in the total order a moment falls: how many invocations and answers came before it. */
function positionsByTime({ result: { history } }: RecordedRun): (timeUs: number) => number {
  const { invoke, complete, invokeTimeUs, completeTimeUs } = history.columns;
  const moments: { readonly timeUs: number; readonly position: number }[] = [];
  for (let index = 0; index < history.length; index += 1) {
    moments.push({ timeUs: invokeTimeUs[index]!, position: invoke[index]! });
    if (complete[index]! < NEVER)
      moments.push({ timeUs: completeTimeUs[index]!, position: complete[index]! });
  }
  moments.sort((a, b) => a.position - b.position);
  return (timeUs) => {
    const next = moments.find((moment) => moment.timeUs >= timeUs);
    return next?.position ?? (moments.at(-1)?.position ?? 0) + 1;
  };
}
