import { readFileSync } from 'node:fs';

import { SimulatedXa } from './xa-simulated.ts';
import { restartSequence, type XaCall, type XaDialect, xaSequence } from './xa-sequences.ts';

/** A server whose answers were recorded: which calls it was asked, and where it departs from the X/Open verbs. */
export interface RecordedServer {
  readonly golden: URL;
  readonly dialect: XaDialect;
  sequences(): readonly (readonly XaCall[])[];
  /** What this server says where X/Open, and our resource manager, say `code`; `state`: of the branch before the call. */
  translate(verb: XaCall['verb'], code: string, state: string): string;
}

const MARIADB_DIALECT: XaDialect = { ends: true, failsWhole: false };
const POSTGRES_DIALECT: XaDialect = { ends: false, failsWhole: true };

/** The random ones, then the restart, which is the last because it is slow. */
function sequencesOf(count: number, dialect: XaDialect): readonly (readonly XaCall[])[] {
  return [
    ...Array.from({ length: count }, (_, index) => xaSequence(index, dialect)),
    restartSequence(dialect),
  ];
}

export const MARIADB: RecordedServer = {
  golden: new URL('../golden/xa-mariadb-10.11.json', import.meta.url),
  dialect: MARIADB_DIALECT,
  sequences: () => sequencesOf(400, MARIADB_DIALECT),
  // Where X/Open has XAER_PROTO for a verb that is wrong in the branch's state, MariaDB has XAER_RMFAIL, and XAER_INVAL for
  // one phase of what is prepared.
  translate: (verb, code, state) => {
    if (code !== 'PROTO') return code;
    return verb === 'onePhase' && state === 'prepared' ? 'INVAL' : 'RMFAIL';
  },
};

export const POSTGRES: RecordedServer = {
  golden: new URL('../golden/xa-postgresql-15.json', import.meta.url),
  dialect: POSTGRES_DIALECT,
  sequences: () => sequencesOf(400, POSTGRES_DIALECT),
  translate: (_verb, code) => code,
};

/** What our resource manager answers, in the words of `server`. */
export function answersOf(server: RecordedServer): string[][] {
  return server.sequences().map((calls) => {
    const simulated = new SimulatedXa(server.dialect);
    return calls.map((call) => {
      const state = 'name' in call ? simulated.stateOf(call.name) : 'none';
      return server.translate(call.verb, simulated.call(call), state);
    });
  });
}

/** Each different answer once, then by number: the file stays small. */
export function packed(real: readonly (readonly string[])[]): string {
  const texts = [...new Set(real.flat())];
  const numbers = new Map(texts.map((text, at) => [text, at]));
  const rows = real.map((answers) => JSON.stringify(answers.map((text) => numbers.get(text))));
  return `{\n"texts": ${JSON.stringify(texts)},\n"sequences": [\n${rows.join(',\n')}\n]\n}\n`;
}

/** What the server answered when it was recorded. */
export function recordedAnswers({ golden }: RecordedServer): string[][] {
  const { texts, sequences } = JSON.parse(readFileSync(golden, 'utf8')) as {
    readonly texts: readonly string[];
    readonly sequences: readonly (readonly number[])[];
  };
  return sequences.map((row) => row.map((at) => texts[at]!));
}
