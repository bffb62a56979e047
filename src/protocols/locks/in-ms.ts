/** `10204.5 ms` for 10,204,500 µs. */
export function inMs(us: number): string {
  return `${Math.round(us / 100) / 10} ms`;
}
