import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Frames looked at, the engine's own stand on top of the node's; each costs time, and mostly the fewer do. */
const STACK_FRAMES = [7, 12];
const NODE_CODE = /[/\\]protocols[/\\]/;

/**
 * Finds the line of node code that is running, cheaply: the position in the running file is looked up once a distinct
 * place, and turned into a line of TypeScript by the file's source map in the end.
 */
export class SourcePlaces {
  readonly #numbers = new Map<string, number>();
  readonly #keys: string[] = [];

  readonly locate = (): number => {
    for (const limit of STACK_FRAMES)
      for (const frame of framesNow(limit)) {
        const file = frame.getFileName() ?? '';
        if (!NODE_CODE.test(file)) continue;
        return this.#number(
          `${file} ${frame.getLineNumber() ?? 0} ${frame.getColumnNumber() ?? 0}`,
        );
      }
    return -1;
  };

  /** The places by number: `protocols/raft/core/reads.ts:88`. */
  places(): string[] {
    const maps = new Map<string, SourceMap | null>();
    return this.#keys.map((key) => {
      const [, file = '', line = '0', column = '0'] = /^(.*) (\d+) (\d+)$/.exec(key) ?? [];
      const path = file.startsWith('file:') ? fileURLToPath(file) : file;
      let map = maps.get(path);
      if (map === undefined) {
        map = readMap(`${path}.map`);
        maps.set(path, map);
      }
      const entry = map?.findEntry(Number(line) - 1, Number(column) - 1);
      const found = entry !== undefined && 'originalLine' in entry;
      return `${shortPath(path, found)}:${found ? entry.originalLine + 1 : line}`;
    });
  }

  #number(key: string): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#keys.length;
      this.#keys.push(key);
      this.#numbers.set(key, number);
    }
    return number;
  }
}

function framesNow(limit: number): readonly NodeJS.CallSite[] {
  const { stackTraceLimit } = Error;
  const prepare: unknown = Reflect.get(Error, 'prepareStackTrace');
  Error.stackTraceLimit = limit;
  Error.prepareStackTrace = (_, frames) => frames;
  const frames = new Error().stack as unknown as readonly NodeJS.CallSite[];
  Error.stackTraceLimit = stackTraceLimit;
  Reflect.set(Error, 'prepareStackTrace', prepare);
  return frames;
}

function readMap(file: string): SourceMap | null {
  if (!existsSync(file)) return null;
  return new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
}

/** From `protocols/` on, in the words of the source. */
function shortPath(path: string, mapped: boolean): string {
  const short = path.replaceAll('\\', '/').replace(/^.*\/(?=protocols\/|scenario\/)/, '');
  return mapped ? short.replace(/\.js$/, '.ts') : short;
}
