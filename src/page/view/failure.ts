import { h, replace } from './dom.ts';

/** Instead of a blank page: what went wrong, and what to do about it. */
export function showFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  replace(
    document.body,
    h(
      'main',
      { class: 'failure', role: 'alert', 'data-testid': 'failure' },
      h('h1', {}, 'This report cannot be shown'),
      h('p', {}, message),
      h(
        'p',
        {},
        'Write it again with ',
        h('code', {}, 'splitbrain report <run>'),
        '. If it was copied, copy the whole file.',
      ),
    ),
  );
}
