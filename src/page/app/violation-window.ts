import type { RunModel } from '../model/run-model.ts';

/** Around the witness and the faults that were on, with a little room; never less than a fiftieth of the run. */
export function violationWindow(model: RunModel, row: number, endUs: number): [number, number] {
  const { head } = model.data;
  const told = head.properties[head.told];
  const witness = (told?.operations ?? []).flatMap((index) => {
    const { invokeUs, completeUs } = head.operations[index]!;
    return [invokeUs, completeUs].filter((us) => us !== null);
  });
  const at = model.timeUs(row);
  const first = Math.min(at, ...witness);
  // What is answered long after the violation was under way when it came.
  const last = Math.min(Math.max(at, ...witness), at + (at - first));
  const faults = head.faults
    .filter(({ startUs, effect }) => startUs !== null && effect > 0 && startUs <= at)
    .map(({ startUs }) => startUs!);
  // A fault that began long before would make the picture too coarse to see the violation in.
  const start = Math.min(
    first,
    ...faults.filter((us) => first - us <= Math.max(last - first, 500_000) * 3),
  );
  const span = Math.max(last - start, endUs / 50, 1_000);
  return [Math.max(0, start - span * 0.15), Math.min(endUs, last + span * 0.25)];
}
