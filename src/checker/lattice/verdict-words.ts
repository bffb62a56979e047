import type { History } from '../../history/history.ts';
import { operationLines } from '../core/operation-text.ts';
import type { Consistency } from './consistency.ts';
import type { ModelVerdict } from './model-verdict.ts';

const MOST_LISTED = 12;

/** Makes the verdicts of one history under one data type. */
export class VerdictWords {
  readonly #history: History;
  readonly #model: string;
  readonly #lines: (operations: readonly number[]) => string[];

  /** `lines`: how operations are listed, one line each. */
  constructor(
    history: History,
    model: string,
    lines = (operations: readonly number[]): string[] => operationLines(history, operations),
  ) {
    this.#history = history;
    this.#model = model;
    this.#lines = lines;
  }

  holds(consistency: Consistency, procedure: string, order?: readonly number[]): ModelVerdict {
    const summary = `${consistency}: no contradiction in ${this.#history.length} operations.`;
    return {
      ...this.#blank(consistency),
      verdict: 'holds',
      procedure,
      summary,
      explanation: summary,
      order,
    };
  }

  notJudged(consistency: Consistency, reason: string): ModelVerdict {
    const summary = `${consistency} was not judged: ${reason}.`;
    return {
      ...this.#blank(consistency),
      procedure: 'none',
      summary,
      explanation: summary,
      reason,
    };
  }

  inconclusive(consistency: Consistency, procedure: string, reason: string): ModelVerdict {
    const summary = `${consistency} was not decided: ${reason}`;
    return {
      ...this.#blank(consistency),
      verdict: 'inconclusive',
      procedure,
      summary,
      explanation: summary,
      reason,
    };
  }

  violated(
    consistency: Consistency,
    procedure: string,
    core: { readonly operations: readonly number[]; readonly minimal: boolean },
    words: { readonly summary: string; readonly because: readonly string[] },
  ): ModelVerdict {
    const lines = [
      `  ${words.summary}`,
      '',
      ...this.#lines(core.operations.slice(0, MOST_LISTED)),
      ...(core.operations.length > MOST_LISTED
        ? [`    ... and ${core.operations.length - MOST_LISTED} more`]
        : []),
      '',
      `  Why this is not ${consistency}:`,
      ...words.because.map((line) => `    - ${line}`),
    ];
    return {
      ...this.#blank(consistency),
      verdict: 'violated',
      procedure,
      core: core.operations,
      coreIsMinimal: core.minimal,
      summary: words.summary,
      because: words.because,
      explanation: lines.join('\n'),
    };
  }

  #blank(consistency: Consistency): ModelVerdict {
    return {
      verdict: 'not judged',
      consistency,
      model: this.#model,
      procedure: '',
      operations: this.#history.length,
      core: [],
      coreIsMinimal: false,
      summary: '',
      because: [],
      explanation: '',
      reason: undefined,
      anomalies: [],
      order: undefined,
    };
  }
}
