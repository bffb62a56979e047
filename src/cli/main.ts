import { EXIT } from './exit-codes.ts';
import { packageVersion } from './version.ts';

/** The command line. Sets the exit code; anything heavy is loaded only by the command that needs it. */
export async function main(args: readonly string[]): Promise<void> {
  // Node's own codes for an uncaught exception (1) and a promise that never settles (13) would read as verdicts.
  process.exitCode = EXIT.internal;
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    const { print } = await import('./output.ts');
    process.exitCode = await guarded(() => {
      print(packageVersion());
      return EXIT.ok;
    });
    return;
  }
  process.on('uncaughtException', (error) => {
    process.exitCode = EXIT.internal;
    void guarded(() => {
      throw error;
    }).then((code) => process.exit(code));
  });
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(args);
}

async function guarded(action: () => number): Promise<number> {
  try {
    return action();
  } catch (error) {
    const { exitForError } = await import('./exit-for-error.ts');
    return exitForError(error);
  }
}
