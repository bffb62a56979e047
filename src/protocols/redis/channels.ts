/** The channel on which the release of a lock is told. */
export function releaseChannel(key: string): string {
  return `released:${key}`;
}

/** The channel on which one waiter of a fair lock is told that it is the first, and the lock is free. */
export function turnChannel(waiter: string): string {
  return `turn:${waiter}`;
}
