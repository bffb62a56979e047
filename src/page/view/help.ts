import { KEYS } from '../app/keys.ts';
import { byId, h, replace } from './dom.ts';

/** The list of keys, as a dialog. */
export function mountHelp(): { readonly open: () => void; readonly close: () => boolean } {
  const dialog = byId('help') as HTMLDialogElement;
  replace(
    dialog,
    h('h2', {}, 'Keys'),
    h(
      'dl',
      { class: 'keys' },
      ...KEYS.flatMap(({ shown, what }) => [h('dt', {}, h('kbd', {}, shown)), h('dd', {}, what)]),
    ),
    h(
      'p',
      {},
      'Drag the picture to move it, turn the wheel to zoom, click what you want to know more about.',
    ),
    h(
      'button',
      {
        onclick: () => {
          dialog.close();
        },
      },
      'Close',
    ),
  );
  return {
    open: () => {
      if (!dialog.open) dialog.showModal();
    },
    close: () => {
      const was = dialog.open;
      dialog.close();
      return was;
    },
  };
}
