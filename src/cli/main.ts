import { packageVersion } from './version.ts';

/** The command line. Sets the exit code; anything heavy is loaded only by the command that needs it. */
export async function main(args: readonly string[]): Promise<void> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${packageVersion()}\n`);
    return;
  }
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(args);
}
