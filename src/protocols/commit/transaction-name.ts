/**
 * A transaction's name (X/Open XA §4.2: unique everywhere and for ever): its coordinator, which life of the process, and a
 * number.
 */
export function transactionName(coordinator: string, incarnation: number, number: number): string {
  return `${coordinator}.${incarnation}.${number}`;
}

/** Whether `coordinator` gave the name. */
export function isNameFrom(coordinator: string, gid: string): boolean {
  return gid.startsWith(`${coordinator}.`);
}
