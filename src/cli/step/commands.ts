import { StepError, type Stepper } from './stepper.ts';

/** One command of the debugger. */
interface StepCommand {
  readonly names: readonly string[];
  readonly usage: string;
  readonly about: string;
  readonly run: (stepper: Stepper, args: readonly string[]) => Iterable<string>;
}

const COMMANDS: readonly StepCommand[] = [
  {
    names: ['step', 's'],
    usage: 'step [N]',
    about: 'the next event, or the next N',
    run: (stepper, [count]) => stepper.step(countOf(count, 1)),
  },
  {
    names: ['back', 'b'],
    usage: 'back [N]',
    about: 'the event before, or N before',
    run: (stepper, [count]) => stepper.back(countOf(count, 1)),
  },
  {
    names: ['node', 'n'],
    usage: 'node NAME',
    about: 'to the next event of a node',
    run: (stepper, [name]) => stepper.node(required(name, 'which node?')),
  },
  {
    names: ['fault', 'f'],
    usage: 'fault',
    about: 'to where the next fault begins or ends',
    run: (stepper) => stepper.fault(),
  },
  {
    names: ['state', 't'],
    usage: 'state [NODE]',
    about: 'to where a server next changes its role',
    run: (stepper, [name]) => stepper.state(name),
  },
  {
    names: ['op', 'o'],
    usage: 'op N',
    about: 'to the next message or step of operation #N',
    run: (stepper, [number]) => stepper.operation(required(number, 'which operation?')),
  },
  {
    names: ['violation', 'v'],
    usage: 'violation',
    about: 'to where a property is violated',
    run: (stepper) => stepper.violation(),
  },
  {
    names: ['goto', 'g'],
    usage: 'goto PLACE',
    about: 'to an event, violation, #N, a fault; 0 is the beginning',
    run: (stepper, [place]) => stepper.goto(required(place, 'where to?')),
  },
  {
    names: ['inspect', 'i'],
    usage: 'inspect [NODE] [full]',
    about: 'what this event changed of a node, or all of it',
    run: (stepper, args) =>
      stepper.inspect(
        args.find((arg) => arg !== 'full'),
        args.includes('full'),
      ),
  },
  {
    names: ['why', 'w'],
    usage: 'why [PLACE]',
    about: 'the causes, back to the nearest fault or client operation',
    run: (stepper, [place]) => stepper.why(place),
  },
  {
    names: ['list', 'l'],
    usage: 'list [N]',
    about: 'the events around, N before and after',
    run: (stepper, [count]) => stepper.around(countOf(count, 5)),
  },
  {
    names: ['what-if', 'x'],
    usage: 'what-if FAULT...',
    about: 'go on in the run without these faults',
    run: (stepper, faults) => stepper.whatIf(faults),
  },
  {
    names: ['undo', 'u'],
    usage: 'undo',
    about: 'back into the run before the last what-if',
    run: (stepper) => stepper.undo(),
  },
  {
    names: ['faults'],
    usage: 'faults',
    about: 'the faults of the run',
    run: (stepper) => stepper.faults(),
  },
  {
    names: ['ops'],
    usage: 'ops',
    about: 'the operations of the run',
    run: (stepper) => stepper.operations(),
  },
  {
    names: ['help', 'h', '?'],
    usage: 'help',
    about: 'this',
    run: helpLines,
  },
];

/** What can be typed first, for completion. */
export const COMMAND_NAMES: readonly string[] = [...COMMANDS.map(({ names }) => names[0]!), 'quit'];

/** Carries out a line. @throws StepError when it cannot; PlaceError for a place that is not there. */
export function runLine(stepper: Stepper, line: string): Iterable<string> {
  const [word = '', ...args] = line.trim().split(/\s+/);
  const command = COMMANDS.find(({ names }) => names.includes(word));
  if (command === undefined)
    throw new StepError(
      `"${word}" is no command: ${COMMAND_NAMES.join(', ')} (help explains them)`,
    );
  return command.run(stepper, args);
}

function* helpLines(): Generator<string> {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length));
  for (const { usage, about, names } of COMMANDS) {
    const short = names[1] === undefined ? ' ' : names[1];
    yield `  ${short}  ${usage.padEnd(width)}  ${about}`;
  }
  yield `  q  ${'quit'.padEnd(width)}  leave; an empty line repeats the last command`;
}

function countOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new StepError(`"${text}": expected a whole number of 1 or more`);
  return count;
}

function required(text: string | undefined, question: string): string {
  if (text === undefined) throw new StepError(question);
  return text;
}
