import { PLAIN } from '../format.ts';
import { reproduceCommand } from '../reproduce.ts';
import { runText } from '../run-text.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import type { ExportOptions } from './exporter.ts';
import { mermaid } from './mermaid.ts';

/** A bug report to paste into an issue: the text of the failure, its diagram, the faults as data, how to get it again. */
export function* markdown(run: RecordedRun, options: ExportOptions): Generator<string> {
  const { result } = run;
  yield `# ${escapeMarkdown(result.scenario.name)}: ${escapeMarkdown(result.scenario.title)}\n\n`;
  yield* fenced('text', `${runText(result, PLAIN, false).join('\n')}\n`);
  yield '\n## What happened\n\n';
  yield* fenced('mermaid', [...mermaid(run, options)].join(''));
  yield '\n## Faults\n\n';
  yield result.schedule.length === 0
    ? 'None.\n'
    : [...fenced('json', `${JSON.stringify(result.schedule, null, 2)}\n`)].join('');
  yield '\n## Reproduce\n\n';
  yield* fenced('sh', `${reproduceCommand(result)}\n`);
  yield `\nseed \`${result.seed.replaceAll('`', "'")}\`, trace \`${result.hash}\`, ${result.events} events\n`;
}

/** A fence longer than any run of backticks inside it. */
function* fenced(language: string, text: string): Generator<string> {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  yield `${fence}${language}\n${text}${fence}\n`;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#|]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}
