import { byId } from './dom.ts';
import { visible } from './dom.ts';

const MOST_CHARACTERS = 600;

/** A few lines beside the pointer. */
export function showTooltip(text: string, event: PointerEvent): void {
  const tooltip = byId('tooltip');
  const shown = visible(text);
  tooltip.textContent =
    shown.length > MOST_CHARACTERS
      ? `${shown.slice(0, MOST_CHARACTERS)}… (${shown.length} characters)`
      : shown;
  tooltip.hidden = false;
  const { innerWidth, innerHeight } = window;
  const { offsetWidth, offsetHeight } = tooltip;
  const x = Math.min(event.clientX + 14, innerWidth - offsetWidth - 8);
  const y =
    event.clientY + 16 + offsetHeight > innerHeight
      ? event.clientY - offsetHeight - 10
      : event.clientY + 16;
  tooltip.style.transform = `translate(${Math.max(4, x)}px, ${Math.max(4, y)}px)`;
}

export function hideTooltip(): void {
  byId('tooltip').hidden = true;
}
