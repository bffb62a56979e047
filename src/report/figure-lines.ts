import { figureText } from '../scenario/figure-text.ts';
import type { RunResult } from '../scenario/run-result.ts';

/** What a run measured, a line each: what the scenario asks for; `all`: everything. */
export function figureLines({ figures, scenario }: RunResult, all: boolean): string[] {
  const asked = Object.keys(scenario.required.figures);
  const shown = figures.filter(({ name }) => all || asked.includes(name));
  const width = Math.max(...shown.map(({ name }) => name.length));
  return shown.map((figure) => `    ${figure.name.padEnd(width)}  ${figureText(figure)}`);
}
