/** A search that asks of one candidate after another whether it still fails: its runs may be at once, or to be waited for. */
export type Search<C, R> = Generator<C, R, boolean>;

export function searchNow<C, R>(search: Search<C, R>, fails: (candidate: C) => boolean): R {
  let turn = search.next();
  while (turn.done !== true) turn = search.next(fails(turn.value));
  return turn.value;
}

export async function searchInTurns<C, R>(
  search: Search<C, R>,
  fails: (candidate: C) => Promise<boolean>,
): Promise<R> {
  let turn = search.next();
  while (turn.done !== true) turn = search.next(await fails(turn.value));
  return turn.value;
}
