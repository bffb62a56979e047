import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { ScenarioError } from '../../src/scenario/scenario-error.ts';

/** Marks, in a scenario text of a test, where a problem must be reported; it is taken out before the text is compiled. */
const MARK = '@@';

const HEAD: Readonly<Record<string, string>> = {
  name: 'name: t',
  title: 'title: t',
  protocol: 'protocol: raft',
  topology: 'topology: { servers: 3, clients: 2 }',
  duration: 'duration: 2s',
  workload: 'workload: { mix: { read: 1, write: 1 } }',
};

/** A scenario that compiles, plus these lines; a line that begins with one of its keys replaces that line of it. */
export function scenarioText(lines: string): string {
  const own = lines.split('\n').map((line) => line.replaceAll(MARK, ''));
  const kept = Object.entries(HEAD)
    .filter(([key]) => !own.some((line) => line.startsWith(`${key}:`)))
    .map(([, line]) => line);
  return [...kept, lines].join('\n');
}

export interface Found {
  /** `line:column` of every problem, in order. */
  readonly places: readonly string[];
  /** What was said of each: `path: message / fix`. */
  readonly texts: readonly string[];
  readonly message: string;
}

/** Takes the marks out of `marked`: the text, and the places they stood at as `line:column`. */
export function unmark(marked: string): { text: string; places: string[] } {
  const places: string[] = [];
  const lines = marked.split('\n').map((line, index) => {
    const parts = line.split(MARK);
    let column = 1;
    for (const part of parts.slice(0, -1)) {
      column += part.length;
      places.push(`${index + 1}:${column}`);
    }
    return parts.join('');
  });
  return { text: lines.join('\n'), places };
}

/** What compiling `text` complains about; nothing when it compiles. */
export function problemsOf(text: string): Found {
  try {
    compileScenario(text, 's.yaml', PROTOCOLS);
    return { places: [], texts: [], message: '' };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return {
      places: error.problems.map(({ line, column }) => `${line}:${column}`),
      texts: error.problems.map(({ path, message, fix }) =>
        [path === '' ? message : `${path}: ${message}`, fix].join(' / '),
      ),
      message: error.message,
    };
  }
}
