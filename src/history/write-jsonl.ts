import { canonicalJson } from './canonical-json.ts';
import type { History } from './history.ts';
import { INFO } from './history.ts';

/** The history as JSON lines (DESIGN §6), in the order of its positions; reading it back gives an equal history. */
export function writeJsonl(history: History): string {
  const lines: { at: number; text: string }[] = [];
  for (const op of history.operations()) {
    const common =
      `{"process":${JSON.stringify(op.process)},"type":` +
      `%,"f":${JSON.stringify(op.f)}${op.key === undefined ? '' : `,"key":${canonicalJson(op.key)}`}`;
    const line = (type: string, value: unknown, timeUs: number, error: string | null): string =>
      common.replace('%', () => `"${type}"`) +
      (value === undefined ? '' : `,"value":${canonicalJson(value)}`) +
      (Number.isNaN(timeUs) ? '' : `,"time":${timeUs}`) +
      (error === null ? '' : `,"error":${JSON.stringify(error)}`) +
      '}\n';
    lines.push({ at: op.invoke, text: line('invoke', op.input, op.invokeTimeUs, null) });
    const ended = op.completeLine > 0 || op.error !== null || !Number.isNaN(op.completeTimeUs);
    if (history.columns.status[op.index] !== INFO || ended)
      lines.push({
        // An info line binds nothing: it goes to the end, where it cannot be mistaken for the operation's last moment.
        at: op.complete,
        text: line(op.status, op.output, op.completeTimeUs, op.error),
      });
  }
  lines.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at));
  return lines.map((line) => line.text).join('');
}
