import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkerBenchCases } from '../../checker/bench/run-checker-bench.ts';
import type { CheckerCaseResult, EtcdResult } from './checker-case.ts';
import { median, type Metrics } from './engine-bench.ts';

const CASE = fileURLToPath(new URL('./checker-case.js', import.meta.url));
const ETCD_FOLDERS = ['../../../test/histories/etcd/', '../../../../shared/histories/etcd/'];
const MILLION = 1_000_000;
const CLIENTS = 10;

/**
 * `bench checker`: seconds to judge, and the highest resident memory, of each case in a fresh process. `quick` leaves out
 * the cases of a million operations.
 */
export function benchChecker(quick: boolean): Metrics {
  const metrics: Metrics = {};
  const note = (name: string, result: CheckerCaseResult): void => {
    if (result.parseSeconds > 0) metrics[`${name}.parseSeconds`] = result.parseSeconds;
    metrics[`${name}.seconds`] = result.seconds;
    metrics[`${name}.residentMib`] = result.maxResidentMib;
    metrics[`${name}.definite`] = result.verdict === 'inconclusive' ? 0 : 1;
  };
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
  try {
    const file = join(folder, 'register.jsonl');
    writeRegisterFile(file, quick ? MILLION / 10 : MILLION);
    note(quick ? 'file-register-100k' : 'file-register-1m', runCase('file', file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const { name, generated } of checkerBenchCases())
    if (!quick || generated.operations < MILLION) note(name, runCase(name));
  for (const name of ['cc-ccv-100k-p20', 'all-models-100k-p10']) note(name, runCase(name));
  const logs = etcdLogs();
  if (logs.length > 0) {
    const { milliseconds } = run<EtcdResult>(['etcd', ...logs]);
    metrics['etcd-logs.count'] = logs.length;
    metrics['etcd-logs.medianMs'] = median(milliseconds);
    metrics['etcd-logs.maxMs'] = Math.max(...milliseconds);
  }
  return metrics;
}

function runCase(name: string, file?: string): CheckerCaseResult {
  return run(file === undefined ? [name] : [name, file]);
}

function run<Result>(args: readonly string[]): Result {
  return JSON.parse(
    execFileSync(process.execPath, [CASE, ...args], { encoding: 'utf8' }),
  ) as Result;
}

function etcdLogs(): string[] {
  for (const relative of ETCD_FOLDERS) {
    const folder = fileURLToPath(new URL(relative, import.meta.url));
    if (!existsSync(folder)) continue;
    const logs = readdirSync(folder).filter((file) => file.endsWith('.log'));
    if (logs.length > 0)
      return logs.sort((a, b) => (a < b ? -1 : 1)).map((log) => join(folder, log));
  }
  return [];
}

/** A linearizable history of one register and busy clients, written in pieces: each operation takes effect at its end. */
function writeRegisterFile(path: string, operations: number): void {
  const fd = openSync(path, 'w');
  let value: number | null = null;
  let lines: string[] = [];
  for (let done = 0; done < operations; done += CLIENTS) {
    for (let client = 0; client < CLIENTS; client += 1) {
      const argument = client % 2 === 0 ? `,"value":${done + client + 1}` : '';
      const f = client % 2 === 0 ? 'write' : 'read';
      lines.push(`{"process":${client},"type":"invoke","f":"${f}"${argument},"time":${done}}`);
    }
    for (let client = 0; client < CLIENTS; client += 1) {
      const writes = client % 2 === 0;
      if (writes) value = done + client + 1;
      lines.push(
        `{"process":${client},"type":"ok","f":"${writes ? 'write' : 'read'}","value":${value},"time":${done + 5}}`,
      );
    }
    if (lines.length > 100_000) {
      writeSync(fd, `${lines.join('\n')}\n`);
      lines = [];
    }
  }
  if (lines.length > 0) writeSync(fd, `${lines.join('\n')}\n`);
  closeSync(fd);
}
