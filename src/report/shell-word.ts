/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** How a command names a scenario: bundled ones by family and name, which holds in any directory; others by their file. */
export function scenarioWord(file: string, name: string): string {
  const bundled = /(?:^|[\\/])scenarios[\\/]([\w-]+)[\\/]([^\\/]+)\.ya?ml$/.exec(file);
  return bundled === null ? shellWord(file === '' ? name : file) : `${bundled[1]!}/${bundled[2]!}`;
}
