import type { Buffer } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { recordEvent, type EventOptions } from './event-record.ts';
import type { HistoryBuilder } from './history-builder.ts';
import { HistoryError } from './history-error.ts';
import { JsonParser } from './json-parser.ts';

/** One of Porcupine's `Operation`s, as `splitbrain export --format porcupine` spells its parts. */
interface PorcupineOperation {
  readonly clientId: unknown;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>>;
  readonly call: number;
  /** Infinity: nobody knows whether it happened. */
  readonly return: number;
  readonly callUs: number;
  readonly returnUs: number;
}

/**
 * Reads operations as Porcupine's Go struct has them in JSON: `{"operations": [{"ClientId", "Input", "Call", "Output",
 * "Return"}]}`, or the array alone. Calls come before returns of the same moment (Porcupine, checker.go, `byTime`); a return
 * beyond 2^53 never came.
 */
export class PorcupineJsonReader {
  skipped = 0;
  readonly #builder: HistoryBuilder;
  readonly #options: EventOptions;
  readonly #decoder = new StringDecoder('utf8');
  #text = '';

  constructor(builder: HistoryBuilder, options: EventOptions) {
    this.#builder = builder;
    this.#options = options;
  }

  push(chunk: Buffer): void {
    this.#text += this.#decoder.write(chunk);
  }

  end(): void {
    const document = new JsonParser(this.#text, this.#options.file, 1).parse();
    const list = Array.isArray(document)
      ? (document as unknown[])
      : (document as { readonly operations?: unknown } | null)?.operations;
    if (!Array.isArray(list)) this.#refuse('no operations', '"operations": [...]');
    const operations = list.map((item: unknown, index) => this.#operation(item, index));
    for (const { operation, isCall } of momentsOf(operations)) this.#record(operation, isCall);
  }

  #operation(item: unknown, index: number): PorcupineOperation {
    const fields = (item ?? {}) as Readonly<Record<string, unknown>>;
    const [call, returns] = [fields['Call'], fields['Return']].map((moment) =>
      typeof moment === 'bigint' ? Infinity : moment,
    );
    if (typeof call !== 'number' || typeof returns !== 'number' || call > returns)
      this.#refuse(
        `operation ${index} has Call ${String(fields['Call'])} and Return ${String(fields['Return'])}`,
        'whole numbers, the call not after the return',
      );
    const object = (name: string): Readonly<Record<string, unknown>> => {
      const value = fields[name];
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return value as Readonly<Record<string, unknown>>;
      return this.#refuse(
        `operation ${index} has the ${name} ${JSON.stringify(value)}`,
        name === 'Input' ? '{"f": "read", "key": "x"}' : '{"status": "ok", "value": 1}',
      );
    };
    const metadata = (fields['Metadata'] ?? {}) as Readonly<Record<string, unknown>>;
    const timeUs = (name: string): number =>
      typeof metadata[name] === 'number' ? metadata[name] : NaN;
    return {
      clientId: metadata['process'] ?? fields['ClientId'],
      input: object('Input'),
      output: object('Output'),
      call,
      return: returns,
      callUs: timeUs('callUs'),
      returnUs: timeUs('returnUs'),
    };
  }

  #record({ clientId, input, output, ...moments }: PorcupineOperation, isCall: boolean): void {
    const status = moments.return === Infinity ? 'info' : (output['status'] ?? 'ok');
    recordEvent(
      this.#builder,
      {
        process: clientId,
        type: isCall ? 'invoke' : status,
        f: input['f'],
        key: input['key'],
        value: isCall ? input['value'] : output['value'],
        error: isCall ? undefined : output['error'],
        timeUs: isCall ? moments.callUs : moments.returnUs,
        line: 1,
      },
      this.#options,
    );
  }

  #refuse(problem: string, expected: string): never {
    throw new HistoryError(
      { file: this.#options.file, line: 1 },
      problem,
      expected,
      'Write it as `splitbrain export --format porcupine` does.',
    );
  }
}

interface Moment {
  readonly operation: PorcupineOperation;
  readonly isCall: boolean;
  readonly at: number;
}

function momentsOf(operations: readonly PorcupineOperation[]): Moment[] {
  const moments = operations.flatMap((operation): Moment[] => [
    { operation, isCall: true, at: operation.call },
    { operation, isCall: false, at: operation.return },
  ]);
  return moments.sort((a, b) =>
    a.at === b.at ? Number(b.isCall) - Number(a.isCall) : a.at < b.at ? -1 : 1,
  );
}
