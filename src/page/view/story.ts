import type { RunHead } from '../../report/html/report-data.ts';
import type { Store } from '../app/store.ts';
import { byId, h, replace, visible } from './dom.ts';

/**
 * What the command line prints of the run, byte for byte: the element's text is that text. Operations and events that it
 * names are links to the picture.
 */
export function mountStory(store: Store): void {
  const element = byId('story-text');
  let shown = -1;
  store.listen(({ run }) => {
    if (run === shown) return;
    shown = run;
    const { head } = store.current.model.data;
    replace(element, ...head.text.flatMap((line, index) => lineNodes(store, head, line, index)));
    const claim = byId('claim');
    claim.hidden = head.claim === '';
    replace(
      claim,
      h('summary', {}, head.title === '' ? 'What this scenario shows' : head.title),
      h('p', {}, visible(head.claim)),
      head.source === '' ? null : h('p', { class: 'source' }, `Source: ${visible(head.source)}`),
    );
  });
}

function lineNodes(store: Store, head: RunHead, line: string, index: number): (Node | string)[] {
  const name = lineClass(head, line, index);
  const parts = line.split(/((?:^|(?<=[\s(]))#\d+\b)/);
  const children = parts.map((part) =>
    /^#\d+$/.test(part) && Number(part.slice(1)) < head.operations.length
      ? operationLink(store, part)
      : part,
  );
  const end = index + 1 < head.text.length ? '\n' : '';
  return [h('span', { class: name }, ...children), end];
}

function lineClass(head: RunHead, line: string, index: number): string {
  if (line.startsWith('! NON-DETERMINISTIC')) return 'headline bad';
  if (index === 0 || /^[✓✗?] /.test(line)) return `headline ${head.outcome}`;
  if (/^ {4}#\d/.test(line)) return 'operation';
  if (/^ {4}-/.test(line)) return 'because';
  if (/^ {2}Reproduce /.test(line)) return 'reproduce';
  return /^ {2}\S/.test(line) && !line.endsWith(':') ? 'sentence' : 'plain';
}

function operationLink(store: Store, text: string): HTMLElement {
  const index = Number(text.slice(1));
  return h(
    'a',
    {
      href: `#op=${index}`,
      class: 'operation-link',
      onclick: (event: Event) => {
        event.preventDefault();
        const operation = store.current.model.operation(index);
        if (operation === undefined) return;
        const row = operation.completeRow >= 0 ? operation.completeRow : operation.invokeRow;
        if (row >= 0) store.moveTo(row, index);
        else store.set({ operation: index });
      },
    },
    text,
  );
}
