import type { z } from 'zod';

import { suggest } from '../protocols/nearest.ts';
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
    for (const issue of issues.flatMap((one) => this.#meant(one))) {
      const path = pathOf(issue);
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys) this.#addKeyIssue(path, key, keysAt(path));
      else if (issue.code === 'invalid_key')
        // The path ends with the key itself: what is wrong is how it is written, not its value.
        this.add(
          path.slice(0, -1),
          issue.issues[0]?.message ?? 'expected another key',
          'rename this key',
          String(path.at(-1)),
        );
      else this.#addValueIssue(issue, path);
    }
  }

  /** Of a union the form that was meant, if it can be told: the only one whose keys are the ones written there. */
  #meant(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
    if (issue.code !== 'invalid_union') return [issue];
    const forms = issue.errors.map((form) =>
      form.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
    );
    const depth = issue.path.length;
    const meant = forms.filter((form) =>
      form.every(
        (inner) =>
          inner.path.length > depth && valueAt(this.#source.value, pathOf(inner)) !== undefined,
      ),
    );
    return meant.length === 1 ? meant[0]!.flatMap((inner) => this.#meant(inner)) : [issue];
  }

  #addKeyIssue(path: Path, key: string, known: readonly string[]): void {
    // Known all the same: another form of this section has it, such as the `fault` of a trigger beside a `mark`.
    if (known.includes(key))
      this.add(
        path,
        `"${key}" does not go with the other keys here`,
        'remove one or the other',
        key,
      );
    else this.add(path, `unknown key "${key}"`, suggest(key, known), key);
  }

  #addValueIssue(issue: z.core.$ZodIssue, path: Path): void {
    const value = valueAt(this.#source.value, path);
    if (value === undefined) {
      this.add(path, `missing: ${expectation(issue)}`, 'add this key');
      return;
    }
    const written =
      typeof value === 'number'
        ? (this.#source.sourceText(path) ?? String(value))
        : JSON.stringify(value);
    const got = written.length > MAX_SHOWN ? `${written.slice(0, MAX_SHOWN - 3)}...` : written;
    this.add(path, `${expectation(issue)} (got ${got})`, fixFor(issue, value, written));
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

const MAX_SHOWN = 60;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list',
  tuple: 'a list',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return `expected ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small' && issue.message.startsWith('Too small'))
    return `expected at least ${String(issue.minimum)} of them`;
  return issue.message;
}

/** A name as it may be, out of one that may not. */
function nameFix(written: string): string {
  const name = written
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'write a name such as my-scenario' : `write ${name}`;
}

function fixFor(issue: z.core.$ZodIssue, value: unknown, written: string): string {
  if (value === null) return 'nothing is written here: write a value, or remove the key';
  if (issue.code === 'invalid_value' && typeof value === 'string')
    return suggest(value, issue.values.map(String));
  if (/expected a duration with/.test(issue.message)) return durationFix(value, written);
  if (/percentage/.test(issue.message) && typeof value === 'number')
    return `write it with a percent sign, such as ${value > 0 && value < 1 ? trimmed(value * 100) : written}%`;
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof value === 'number')
    return `write "${written}" in quotes`;
  if (issue.code === 'invalid_format' && issue.message.includes('lower case letters'))
    return nameFix(written);
  return 'write what is expected';
}

function durationFix(value: unknown, written: string): string {
  if (typeof value === 'number' && value >= 0) return `write the unit: ${written}ms`;
  if (String(value).startsWith('-'))
    return 'durations here cannot be negative: write one of 0 or more';
  if (typeof value === 'string' && /\d/.test(value))
    return 'the units are us, ms, s and m, right behind the number';
  return 'write a duration';
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function pathOf(issue: z.core.$ZodIssue): Path {
  return issue.path.filter((part) => typeof part !== 'symbol');
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
