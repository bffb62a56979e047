import type { z } from 'zod';

import { suggest } from './nearest.ts';
import { ScenarioError, type ScenarioProblem } from './scenario-error.ts';
import { pathText, type Path, type YamlSource } from './source-map.ts';

/** Collects what is wrong with one file, each with its place; everything is reported at once. */
export class Problems {
  readonly #file: string;
  readonly #source: YamlSource;
  readonly #found: ScenarioProblem[] = [];

  constructor(file: string, source: YamlSource) {
    this.#file = file;
    this.#source = source;
  }

  add(path: Path, message: string, fix: string, key?: string): void {
    const place = this.#source.locate(path, key);
    this.#found.push({
      ...place,
      path: pathText(key === undefined ? path : [...path, key]),
      message,
      fix,
    });
  }

  /** Takes over the complaints of the schema; `keysAt` lists the keys known at a path. */
  addSchemaIssues(
    issues: readonly z.core.$ZodIssue[],
    keysAt: (path: Path) => readonly string[],
  ): void {
    for (const issue of issues) {
      const path = issue.path.filter((part) => typeof part !== 'symbol');
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys)
          this.add(path, `unknown key "${key}"`, suggest(key, keysAt(path)), key);
      } else {
        const value = valueAt(this.#source.value, path);
        const got = value === undefined ? 'missing' : `got ${JSON.stringify(value)}`;
        this.add(
          path,
          `${issue.message.replace(/^Invalid input: /, '')} (${got})`,
          fixFor(issue, value),
        );
      }
    }
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  throwIfAny(): void {
    if (this.any) {
      this.#found.sort((a, b) => a.line - b.line || a.column - b.column);
      throw new ScenarioError(this.#file, this.#found);
    }
  }
}

function fixFor(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'add this key';
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof value === 'number')
    return `write "${value}" in quotes`;
  if (typeof value === 'number' && /duration/.test(issue.message))
    return `write the unit: ${value}ms`;
  if (typeof value === 'string' && value.startsWith('-') && /duration/.test(issue.message))
    return 'durations here cannot be negative: write one of 0 or more';
  return 'write what is expected';
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
