import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as CheckModule from '../../../src/checker/check.ts';
import type * as FrontierModule from '../../../src/checker/search/frontier-search.ts';
import type * as TasksModule from '../../../src/checker/compile/search-tasks.ts';
import type * as RegistersModule from '../../../src/checker/compile/compile-registers.ts';
import type * as CatalogueModule from '../../../src/checker/models/catalogue.ts';
import type * as RegisterModelModule from '../../../src/checker/models/register.ts';
import { bruteForce } from '../oracle/brute-force.ts';
import { ORACLE_TYPES } from '../oracle/data-types.ts';
import type { OracleType } from '../oracle/data-types.ts';
import { drawFrom, randomHistory } from '../oracle/random-histories.ts';
import type { History } from '../../../src/history/history.ts';
import { MUTANTS } from './mutants.ts';

const source = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'src');
const MOST_HISTORIES = 12_000;

interface Judges {
  readonly check: typeof CheckModule.check;
  /** The verdict of the frontier search on every object. */
  readonly frontier: (history: History, type: OracleType) => boolean;
}

function compile(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}

describe('a rule taken out is noticed', () => {
  let root: string;
  const files = new Map<string, string>();
  let copies = 0;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'mutants-'));
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    for (const room of ['history', 'checker'])
      for (const name of readdirSync(join(source, room), { recursive: true }).map(String)) {
        const file = `${room}/${name}`;
        if (name.endsWith('.ts'))
          files.set(file, compile(readFileSync(join(source, file), 'utf8')));
      }
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  async function judgesWith(file?: string, text?: string): Promise<Judges> {
    const folder = join(root, String(copies++));
    for (const [name, compiled] of files) {
      const target = join(folder, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, name === file ? compile(text!) : compiled);
    }
    const load = async <T>(name: string): Promise<T> =>
      (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'checker', name)).href)) as T;
    const { check } = await load<typeof CheckModule>('check.js');
    const { frontierSearch } = await load<typeof FrontierModule>('search/frontier-search.js');
    const { modelTasks, registerTasks } = await load<typeof TasksModule>('compile/search-tasks.js');
    const { compileRegisters } = await load<typeof RegistersModule>('compile/compile-registers.js');
    const { modelNamed, variantFor } = await load<typeof CatalogueModule>('models/catalogue.js');
    const { isRegisterModel } = await load<typeof RegisterModelModule>('models/register.js');
    const frontier = (history: History, type: OracleType): boolean => {
      const model = variantFor(modelNamed(type.model)!, history.columns.functions);
      const objects = history.columns.keys.map((_, i) => i + 1);
      const tasks = isRegisterModel(model)
        ? registerTasks(
            history,
            compileRegisters(history, model, history.dialect),
            new Set([0, ...objects]),
          )
        : modelTasks(history, model, history.dialect);
      const budget = { configurations: 100_000, bytes: 1 << 28 };
      return tasks.every(({ task }) => frontierSearch(task, budget).outcome === 'linearizable');
    };
    return { check, frontier };
  }

  /** How many histories it took until a judge was wrong (or broke down); undefined when none was. */
  function noticedAfter(judges: Judges, most: number): number | undefined {
    for (let seed = 1; seed <= most; seed++) {
      const type = ORACLE_TYPES[seed % ORACLE_TYPES.length]!;
      const draw = drawFrom(seed + 90_000);
      const history = randomHistory(
        draw,
        4 + draw(4),
        3 + draw(2),
        type.requests(),
        type.dialect,
        4 + draw(5),
      );
      const truth = bruteForce(history, type.initial, type.step, type.role);
      try {
        if ((judges.check(history, { model: type.model }).verdict === 'holds') !== truth)
          return seed;
        if (judges.frontier(history, type) !== truth) return seed;
      } catch {
        return seed;
      }
    }
    return undefined;
  }

  it('the rules as they are make no mistake on the same histories', async () => {
    expect(noticedAfter(await judgesWith(), 3_000)).toBeUndefined();
  });

  it.each(MUTANTS.map((mutant) => [mutant.rule, mutant] as const))('%s', async (_, mutant) => {
    const text = readFileSync(join(source, mutant.file), 'utf8');
    expect(text, 'the rule must be stated like this').toContain(mutant.from);
    const judges = await judgesWith(
      mutant.file,
      text.replaceAll(mutant.from, () => mutant.to),
    );
    expect(noticedAfter(judges, MOST_HISTORIES)).toBeDefined();
  });
});
