/**
 * Leaves out ever smaller pieces of `start` as long as the rest still fails, until no single one can be left out. `goesOn`
 * false ends it early: then what is left may hold more than is needed.
 */
export function shrink(
  start: readonly number[],
  fails: (required: ReadonlySet<number>) => boolean,
  goesOn: () => boolean,
): number[] {
  let core = [...start].sort((a, b) => a - b);
  for (let piece = Math.ceil(core.length / 2); goesOn(); piece = Math.ceil(piece / 2)) {
    for (let at = 0; at < core.length && core.length > 1 && goesOn();) {
      const without = [...core.slice(0, at), ...core.slice(at + piece)];
      if (without.length > 0 && fails(new Set(without))) core = without;
      else at += piece;
    }
    if (piece <= 1) break;
  }
  // A late removal can make an earlier operation removable: once more, until nothing changes.
  for (let before = core.length + 1; before !== core.length && goesOn();) {
    before = core.length;
    for (const i of [...core]) {
      const without = new Set(core.filter((other) => other !== i));
      if (without.size > 0 && goesOn() && fails(without)) core = [...without];
    }
  }
  return core;
}
