import * as Kind from '../../sim/engine/event-kind.ts';
import { describeFaultBegun } from '../describe-fault.ts';
import { describeRow } from '../describe-row.ts';
import { clip, counted, paint, visible } from '../format.ts';
import { spansOf } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import type { Why, WhyStep } from '../trace/why.ts';
import { rowContext } from './row-context.ts';
import type { ShowOptions } from './show-lines.ts';

const ENDS: Readonly<Record<Why['end'], string>> = {
  fault: 'a fault of the schedule',
  operation: 'what a client was asked to do',
  loss: 'a message that the network lost by chance',
  scenario: 'how the scenario begins',
};

/** A cause chain, effect first: one line a step, with the server's state then, and what else was going on. */
export function* whyLines(run: RecordedRun, why: Why, options: ShowOptions): Generator<string> {
  const { style, width, whole } = options;
  const context = rowContext(run, spansOf(run), whole);
  const { trace } = run.result;
  for (const step of why.steps) {
    const row = trace.row(step.row);
    const time = (row.timeUs / 1_000_000).toFixed(6);
    const lead = leadOf(step, style.ascii);
    const state = row.kind === Kind.DROP ? null : run.states.at(row.node, row.event);
    const words = visible(describeRow(row, run.names, context).trim());
    const before = `${String(row.event).padStart(7)}  ${time.padStart(9)} s  ${lead}`;
    const after = state === null ? '' : `   [${visible(state.text)}]`;
    const room = Math.max(width - before.length - after.length, 24);
    yield before + clip(words, room, style) + paint(style, 'dim', after);
    if (step.how === 'silence')
      yield `${' '.repeat(22)}   (of ${counted(step.lost, 'message')} to or from the node that ${step.lost === 1 ? 'was' : 'were'} lost while it waited)`;
  }
  yield `The chain ends at ${ENDS[why.end]}.`;
  if (why.meanwhile.length === 0) return;
  yield 'Meanwhile, among these nodes:';
  for (const { fault, targets, startEvent, endEvent } of why.meanwhile)
    yield `  events ${startEvent} to ${endEvent ?? 'the end'}  ${visible(describeFaultBegun({ fault, targets }))}`;
}

function leadOf({ how }: WhyStep, ascii: boolean): string {
  const arrow = ascii ? '<-' : '←';
  switch (how) {
    case 'start':
      return '';
    case 'cause':
      return `${arrow} because `;
    case 'silence':
      return `${arrow} it waited in vain for `;
    case 'fault':
      return `${arrow} taken by `;
  }
}
