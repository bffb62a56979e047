import { byId } from '../view/dom.ts';

/** Puts a text on the clipboard, and says whether that worked; a page opened from a file may not be allowed to. */
export async function copyText(text: string): Promise<void> {
  const status = byId('live');
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = 'copied';
    flash('copied');
  } catch {
    flash(text);
  }
}

const FLASH_MS = 4_000;

/** Shows a text for a moment, chosen so that it can be copied by hand. */
function flash(text: string): void {
  const element = byId('flash');
  element.textContent = text;
  element.hidden = false;
  getSelection()?.selectAllChildren(element);
  setTimeout(() => {
    element.hidden = true;
  }, FLASH_MS);
}
