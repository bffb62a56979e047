import { createInterface, type Interface } from 'node:readline';

import { EXIT } from '../exit-codes.ts';
import { print, tell } from '../output.ts';
import { COMMAND_NAMES, runLine } from './commands.ts';
import type { Stepper } from './stepper.ts';

const PROMPT = '(step) ';
/** What one says when one presses Ctrl-C. */
const INTERRUPTED = 130;

/**
 * Reads commands until `quit` or the end of the input. At a terminal with a prompt; from a pipe each command is printed
 * before what it says, so that the output reads as a session, and one that cannot be done makes the exit code 64.
 */
export async function runSession(stepper: Stepper): Promise<number> {
  const atTerminal = process.stdin.isTTY && process.stdout.isTTY;
  print(`${stepper.where()}   (help lists the commands)`);
  return atTerminal ? atPrompt(stepper) : fromPipe(stepper);
}

async function atPrompt(stepper: Stepper): Promise<number> {
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: PROMPT,
    completer: (line: string) => [COMMAND_NAMES.filter((name) => name.startsWith(line)), line],
  });
  let code: number = EXIT.ok;
  terminal.on('SIGINT', () => {
    code = INTERRUPTED;
    terminal.close();
  });
  terminal.prompt();
  let last = 'step';
  for await (const line of lines(terminal)) {
    const text = line.trim() === '' ? last : line.trim();
    if (isQuit(text)) break;
    last = text;
    obey(stepper, text);
    terminal.prompt();
  }
  terminal.close();
  return code;
}

async function fromPipe(stepper: Stepper): Promise<number> {
  let code: number = EXIT.ok;
  for await (const line of lines(createInterface({ input: process.stdin }))) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    print(`${PROMPT}${text}`);
    if (isQuit(text)) break;
    if (!obey(stepper, text)) code = EXIT.usage;
  }
  return code;
}

async function* lines(terminal: Interface): AsyncGenerator<string> {
  for await (const line of terminal) yield line;
}

function isQuit(text: string): boolean {
  return text === 'quit' || text === 'q' || text === 'exit';
}

/** False when the command could not be done. */
function obey(stepper: Stepper, text: string): boolean {
  try {
    for (const line of runLine(stepper, text)) print(line);
    print(stepper.where());
    return true;
  } catch (error) {
    const { name, message } = error as Error;
    if (!['StepError', 'PlaceError', 'CommandError'].includes(name)) throw error;
    tell(`error: ${message}`);
    return false;
  }
}
