import type { ScenarioDocument } from '../documents/document.ts';
import { omit } from '../documents/omit.ts';
import type { Pass } from './passes.ts';

/** A failing run may need no server left broken, or fewer of them: what is left for good is an item like any other. */
export const shrinkCore: Pass = (document, trials) => {
  const { liveness } = document;
  if (typeof liveness !== 'object') return document;
  let current = document;
  const attempt = (smaller: ScenarioDocument['liveness']): void => {
    const smallerDocument = { ...current, liveness: smaller };
    if (trials.fails(smallerDocument)) current = smallerDocument;
  };
  attempt(liveness.within ?? undefined);
  for (const name of Object.keys(liveness.left ?? {})) {
    const now = current.liveness;
    if (typeof now !== 'object') break;
    const left = Object.fromEntries(
      Object.entries(now.left ?? {}).filter(([server]) => server !== name),
    );
    attempt({ ...now, left });
  }
  const now = current.liveness;
  if (typeof now === 'object' && Object.keys(now.left ?? {}).length === 0) {
    attempt(omit(now, 'left'));
  }
  return current;
};
