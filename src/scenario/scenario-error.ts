/** One thing wrong with a scenario file. Lines and columns count from 1; 0 when the place is the whole file. */
export interface ScenarioProblem {
  readonly line: number;
  readonly column: number;
  /** Where in the file's structure: `faults[1].target`. */
  readonly path: string;
  /** What is wrong, and what was expected. */
  readonly message: string;
  /** What to do. */
  readonly fix: string;
}

/** A scenario file that cannot be run (exit 64). Its message lists every problem as `file:line:column`. */
export class ScenarioError extends Error {
  readonly file: string;
  readonly problems: readonly ScenarioProblem[];

  constructor(file: string, problems: readonly ScenarioProblem[]) {
    super(
      problems
        .map(({ line, column, path, message, fix }) => {
          const place = line > 0 ? `${file}:${line}:${column}` : file;
          const where = path === '' ? '' : `${path}: `;
          return `${place}: ${where}${message}${fix === '' ? '' : `\n    fix: ${fix}`}`;
        })
        .join('\n'),
    );
    this.name = 'ScenarioError';
    this.file = file;
    this.problems = problems;
  }
}
