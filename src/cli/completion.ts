import type { Command } from 'commander';

/** The shells that completion is written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What can follow a command: its options with what they take, and the commands below it. */
interface Node {
  /** `` for the program itself, `corpus add` for a command below a command. */
  readonly path: string;
  readonly about: string;
  readonly options: readonly {
    readonly flags: readonly string[];
    readonly about: string;
    readonly choices: readonly string[];
  }[];
  readonly commands: readonly Node[];
}

/** A completion script, made from the commands as they are registered: it cannot be out of date. */
export function completionScript(program: Command, shell: Shell): string {
  const root = nodeOf(program, '');
  const nodes = [root, ...below(root)];
  return shell === 'fish' ? fish(nodes) : shell === 'zsh' ? zsh(nodes) : bash(nodes);
}

function nodeOf(command: Command, path: string): Node {
  return {
    path,
    about: command.description(),
    options: [...command.options]
      .filter((option) => !option.hidden)
      .map((option) => ({
        flags: [option.short, option.long].filter((flag) => flag !== undefined),
        about: option.description,
        choices: option.argChoices ?? [],
      })),
    commands: command.commands.map((one) => nodeOf(one, `${path} ${one.name()}`.trim())),
  };
}

function below({ commands }: Node): Node[] {
  return commands.flatMap((node) => [node, ...below(node)]);
}

function wordsOf({ options, commands }: Node): string[] {
  return [
    ...commands.map(({ path }) => path.split(' ').at(-1)!),
    ...options.flatMap(({ flags }) => flags),
    '--help',
  ];
}

/** Runs and scenarios are asked of the command line itself, so that new ones are there at once. */
const RUNS = 'last last-failed';
const NAMES =
  'splitbrain list --json 2>/dev/null | sed -n \'s/.*"name": *"\\([^"]*\\)".*/\\1/p\' | sed \'p;s,.*/,,\' | sort -u';

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map(
    (node) => `    ${quote(node.path)}) words=${quote(wordsOf(node).join(' '))} ;;`,
  );
  const choices = nodes.flatMap(({ path, options }) =>
    options
      .filter((option) => option.choices.length > 0)
      .flatMap((option) =>
        option.flags.map(
          (flag) => `    ${quote(`${path} ${flag}`)}) words=${quote(option.choices.join(' '))} ;;`,
        ),
      ),
  );
  return `# splitbrain completion for bash: eval "$(splitbrain completion bash)"
_splitbrain() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${nodes
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      ${quote(pathPattern(path))}) path=${quote(path)} ;;`)
  .join('\n')}
    esac
  done
  case "$path $previous" in
${choices.join('\n')}
  esac
  if [ -z "$words" ]; then
    case "$path" in
${cases.join('\n')}
    esac
    case "$current" in -*) ;; *) [ -n "$path" ] && words="$words ${RUNS} $(${NAMES})" ;; esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}
complete -o filenames -F _splitbrain splitbrain
`;
}

/** How a path looks when its last word has just been read: `corpus` + ` ` + `add`. */
function pathPattern(path: string): string {
  const words = path.split(' ');
  return `${words.slice(0, -1).join(' ')} ${words.at(-1)!}`;
}

/** zsh understands bash's functions. */
function zsh(nodes: readonly Node[]): string {
  return `#compdef splitbrain
# splitbrain completion for zsh: eval "$(splitbrain completion zsh)"
autoload -Uz bashcompinit && bashcompinit
${bash(nodes)}`;
}

function fish(nodes: readonly Node[]): string {
  const lines = [
    '# splitbrain completion for fish: splitbrain completion fish | source',
    'complete -c splitbrain -f',
  ];
  for (const node of nodes) {
    const seen = node.path.split(' ').filter((word) => word !== '');
    const children = node.commands.map(({ path }) => path.split(' ').at(-1)!);
    const here = [
      ...seen.map((word) => `__fish_seen_subcommand_from ${word}`),
      ...(children.length > 0 ? [`not __fish_seen_subcommand_from ${children.join(' ')}`] : []),
    ].join('; and ');
    const condition = here === '' ? '' : ` -n ${quote(here)}`;
    for (const child of node.commands)
      lines.push(
        `complete -c splitbrain${condition} -a ${child.path.split(' ').at(-1)!} -d ${quote(child.about)}`,
      );
    for (const { flags, about, choices } of node.options) {
      const names = flags.map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const takes = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : '';
      lines.push(
        `complete -c splitbrain${condition} ${names.join(' ')}${takes} -d ${quote(about)}`,
      );
    }
    if (seen.length > 0 && children.length === 0)
      lines.push(`complete -c splitbrain -F${condition} -a ${quote(`${RUNS} (${NAMES})`)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** One word of a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
