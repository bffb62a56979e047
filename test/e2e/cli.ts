import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const BIN = join(ROOT, 'bin', 'splitbrain.js');
const BUILT = join(ROOT, 'dist', 'cli', 'main.js');

/** These tests run what was built, not the sources: a missing or an old build must not pass for the present one. */
export function requireBuild(): void {
  if (!existsSync(BUILT))
    throw new Error('dist/ is missing: run `npm run build` first (npm test does it by itself)');
  const built = statSync(BUILT).mtimeMs;
  const newer = readdirSync(join(ROOT, 'src'), { recursive: true })
    .map((file) => join(ROOT, 'src', String(file)))
    .find((file) => file.endsWith('.ts') && statSync(file).mtimeMs > built);
  if (newer !== undefined)
    throw new Error(`dist/ is older than ${newer}: run \`npm run build\` first`);
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** A directory of its own to run the built command line in. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'splitbrain-e2e-'));

  constructor() {
    requireBuild();
  }

  cli(args: readonly string[], options: CliOptions = {}): CliResult {
    return this.#result(spawnSync(process.execPath, [BIN, ...args], this.#options(options)));
  }

  /** A line for the shell in which `$SPLITBRAIN` is the command line. */
  shell(line: string, options: CliOptions = {}): CliResult {
    const { env, ...rest } = this.#options(options);
    const splitbrain = `'${process.execPath}' '${BIN}'`;
    const script = line.replaceAll('$SPLITBRAIN', () => splitbrain);
    return this.#result(spawnSync('bash', ['-c', script], { ...rest, env }));
  }

  /** Writes a file and returns its name. */
  write(name: string, text: string | Uint8Array): string {
    writeFileSync(join(this.folder, name), text);
    return name;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #options({ env = {} }: CliOptions) {
    const inherited = { ...process.env };
    // What the terminal of the person who runs the tests wants is not what is tested.
    delete inherited['NO_COLOR'];
    delete inherited['FORCE_COLOR'];
    return {
      cwd: this.folder,
      env: { ...inherited, ...env },
      encoding: 'utf8' as const,
      maxBuffer: 1 << 28,
    };
  }

  #result({
    status,
    stdout,
    stderr,
  }: (CliResult & { status: number | null }) | ReturnType<typeof spawnSync>): CliResult {
    return { code: status, stdout: String(stdout), stderr: String(stderr) };
  }
}
