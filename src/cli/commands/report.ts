import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { PageMissingError, renderReport } from '../../report/html/render-report.ts';
import { REPORT_FORMAT, type ReportData } from '../../report/html/report-data.ts';
import { campaignReport, isCampaignFile } from '../report/campaign-report.ts';
import { compareReport } from '../report/compare-report.ts';
import { historyReport } from '../report/history-report.ts';
import { runReport, type ReportParts } from '../report/run-report.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { print, tell } from '../output.ts';
import { resolveRunFolder } from '../run-folder.ts';
import { packageVersion } from '../version.ts';

export interface ReportOptions {
  readonly seed?: string;
  readonly out?: string;
  readonly live?: boolean;
  readonly shrink?: boolean;
  readonly open?: boolean;
}

/** `splitbrain report`: one HTML file of a run, of two, of a campaign or of a history. Returns the exit code. */
export async function report(args: readonly string[], options: ReportOptions): Promise<number> {
  const parts = await partsOf(args, options);
  const data: ReportData = {
    format: REPORT_FORMAT,
    splitbrain: packageVersion(),
    divergence: null,
    campaign: null,
    live: null,
    ...parts.data,
  };
  const file = options.out ?? parts.file;
  const html = render(data);
  writeWhole(file, html);
  print(`Report  ${file}  (${sizeText(html.length)})`);
  print(`        ${pathToFileURL(resolve(file)).href}`);
  if (options.open === true) openInBrowser(file);
  for (const line of parts.warnings) tell(line);
  return parts.nondeterministic ? EXIT.nondeterministic : EXIT.ok;
}

async function partsOf(args: readonly string[], options: ReportOptions): Promise<ReportParts> {
  if (args.length > 2)
    throw new CommandError(`${args.length} runs: expected one, or two to put side by side`);
  const [first, second] = args as [string, string | undefined];
  for (const arg of args) refuseForeignFolder(arg);
  if (second !== undefined) {
    if (options.live === true || options.shrink === true)
      throw new CommandError('--live and --shrink are for the report of one run');
    return compareReport(first, second, options);
  }
  if (isFile(first)) {
    if (isCampaignFile(first)) return campaignReport(first);
    if (!/\.ya?ml$/.test(first)) return historyReport(first);
  }
  return runReport(first, options);
}

/** A folder that is neither a run nor holds scenarios is a mistake that deserves its own words. */
function refuseForeignFolder(arg: string): void {
  const folder = resolveRunFolder(arg);
  if (!existsSync(folder)) {
    if (/[/\\]/.test(folder) && !/\.ya?ml$/.test(folder) && folder.includes('.splitbrain'))
      throw new CommandError(
        `there is no folder ${folder}: run the scenario again, or name the scenario`,
      );
    return;
  }
  if (!statSync(folder).isDirectory() || existsSync(join(folder, 'run.json'))) return;
  if (readdirSync(folder, { recursive: true }).some((name) => /\.ya?ml$/.test(String(name))))
    return;
  throw new CommandError(
    `${folder} is a folder without run.json: expected one that \`splitbrain run\` wrote (.splitbrain/runs/<scenario>/<id>), or a scenario`,
  );
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function render(data: ReportData): string {
  try {
    return renderReport(data);
  } catch (error) {
    if (error instanceof PageMissingError) throw new CommandError(error.message, EXIT.internal);
    throw error;
  }
}

function writeWhole(file: string, html: string): void {
  const temporary = `${file}.part`;
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true });
    writeFileSync(temporary, html);
    renameSync(temporary, file);
  } catch (error) {
    throw new CommandError(
      `cannot write the report to ${file}: ${(error as Error).message}. Choose another place with -o.`,
      EXIT.internal,
    );
  }
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.ceil(bytes / 1_000)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** With the system's own opener; whether a browser comes up is between the two of them. */
function openInBrowser(file: string): void {
  const [command, ...words] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  const child = spawn(command, [...words, resolve(file)], { detached: true, stdio: 'ignore' });
  child.on('error', () => {
    tell(`could not start ${command}: open the file yourself`);
  });
  child.unref();
}
