/** Turns the first SIGINT or SIGTERM into an abort; a second one ends the process at once. */
export function catchSignals(): {
  readonly signal: AbortSignal;
  readonly exitCode: () => number;
  readonly release: () => void;
} {
  const controller = new AbortController();
  let code = 130;
  const on = (name: 'SIGINT' | 'SIGTERM') => (): void => {
    if (controller.signal.aborted) process.exit(code);
    code = name === 'SIGINT' ? 130 : 143;
    controller.abort();
  };
  const [onInt, onTerm] = [on('SIGINT'), on('SIGTERM')];
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => {
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
    },
  };
}
