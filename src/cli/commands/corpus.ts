import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import { readSubject, withDocument } from '../../campaign/documents/document.ts';
import { withExplicitFaults } from '../../campaign/documents/explicit.ts';
import {
  expectationOf,
  parseExpectation,
  verifyEntry,
  type CorpusVerdict,
  type Expectation,
  type Expected,
} from '../../campaign/corpus/entry.ts';
import type { Strategy } from '../../campaign/run/strategy.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { readText } from '../find-scenarios.ts';
import { print } from '../output.ts';
import { writeScenarioFile, writeWhole } from '../scenario-files.ts';
import { packageVersion } from '../version.ts';
import { openFailure } from './shrink.ts';

export interface CorpusOptions {
  readonly dir: string;
  readonly json?: boolean;
}

export interface CorpusAddOptions extends CorpusOptions {
  readonly seed?: string;
  readonly swarm?: boolean;
  readonly strategy: Strategy;
  readonly name?: string;
  readonly expect?: Expected;
}

interface CorpusFile {
  readonly name: string;
  readonly scenarioFile: string;
  readonly expectFile: string;
}

/** `corpus add`: pins a failing run as two files for git. A file from `shrink` is taken as it is, comments and all. */
export function corpusAdd(arg: string, options: CorpusAddOptions): number {
  const opened = openFailure(arg, options);
  const { seed } = opened;
  const plain = withExplicitFaults(opened.subject.document, opened.schedule ?? []);
  const document = opened.schedule === null ? opened.subject.document : plain;
  const subject = withDocument(opened.subject, { ...document, seed });
  const expected = options.expect ?? (document.bug === undefined ? 'holds' : 'violated');
  const pinned = expectationOf(subject, seed, expected, packageVersion());
  const name = options.name ?? document.name;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name))
    throw new CommandError(`--name ${name}: expected lower case letters, digits and -`);
  const scenarioFile = join(options.dir, `${name}.yaml`);
  const expectFile = join(options.dir, `${name}.expect.json`);
  const isFile = arg.endsWith('.yaml') && existsSync(arg) && options.swarm !== true;
  const text = isFile ? readText(arg) : null;
  if (text !== null && subject.document.seed === opened.subject.document.seed)
    writeWhole(scenarioFile, text);
  else writeScenarioFile(scenarioFile, { ...subject.document, name }, {});
  writeWhole(expectFile, `${JSON.stringify(pinned, null, 2)}\n`);
  if (options.json === true) print(JSON.stringify({ added: scenarioFile, ...pinned }, null, 2));
  else print(`added ${scenarioFile}: ${pinned.signature}, expected ${pinned.expected}`);
  return EXIT.ok;
}

/** `corpus list`. */
export function corpusList(options: CorpusOptions): number {
  const rows = corpusFiles(options.dir).map((file) => ({ ...file, ...readPinned(file) }));
  if (options.json === true) {
    print(JSON.stringify({ entries: rows }, null, 2));
    return EXIT.ok;
  }
  for (const { name, expected, signature, seed } of rows)
    print(`${name}  ${expected}  ${signature}  seed ${seed}`);
  return EXIT.ok;
}

/** `corpus verify`: exit 1 when an entry is not as expected, 2 when one is stale. */
export function corpusVerify(options: CorpusOptions): number {
  const rows = corpusFiles(options.dir).map((file) => ({ ...file, ...verifyFile(file) }));
  if (options.json === true)
    print(
      JSON.stringify(
        {
          entries: rows.map(({ name, status, asExpected, sentence, result }) => ({
            name,
            status,
            asExpected,
            sentence,
            hash: result.hash,
          })),
        },
        null,
        2,
      ),
    );
  else {
    for (const { name, status, asExpected, sentence } of rows)
      print(`${asExpected ? 'ok  ' : 'NOT '} ${name}: ${status}. ${sentence}`);
    const good = rows.filter(({ asExpected }) => asExpected).length;
    const stale = rows.filter(({ status }) => status === 'stale').length;
    print(`${good} passed, ${rows.length - good - stale} failed, ${stale} inconclusive`);
  }
  if (rows.some(({ asExpected, status }) => !asExpected && status !== 'stale'))
    return EXIT.violated;
  return rows.some(({ status }) => status === 'stale') ? EXIT.inconclusive : EXIT.ok;
}

/** `corpus prune`: removes stale entries. */
export function corpusPrune(options: CorpusOptions): number {
  const stale = corpusFiles(options.dir).filter((file) => verifyFile(file).status === 'stale');
  for (const { scenarioFile, expectFile } of stale) {
    rmSync(scenarioFile);
    rmSync(expectFile);
  }
  if (options.json === true)
    print(JSON.stringify({ removed: stale.map(({ name }) => name) }, null, 2));
  else
    print(
      `removed ${stale.length} stale entries${stale.map(({ name }) => `\n  ${name}`).join('')}`,
    );
  return EXIT.ok;
}

function corpusFiles(dir: string): CorpusFile[] {
  const names = existsSync(dir)
    ? readdirSync(dir, { recursive: true })
        .map(String)
        .filter((file) => file.endsWith('.expect.json'))
        .sort((a, b) => (a < b ? -1 : 1))
    : [];
  if (names.length === 0)
    throw new CommandError(
      `no corpus entries in ${dir}: splitbrain corpus add pins a failing run`,
      EXIT.nothingSelected,
    );
  return names.map((file) => {
    const expectFile = join(dir, file);
    const scenarioFile = expectFile.replace(/\.expect\.json$/, '.yaml');
    return { name: basename(file, '.expect.json'), scenarioFile, expectFile };
  });
}

function readPinned({ expectFile }: CorpusFile): Expectation {
  return parseExpectation(readText(expectFile), expectFile);
}

function verifyFile(file: CorpusFile): CorpusVerdict {
  const pinned = readPinned(file);
  return verifyEntry(readSubject(readText(file.scenarioFile), file.scenarioFile), pinned);
}
