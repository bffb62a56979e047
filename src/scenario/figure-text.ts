import type { Figure } from '../protocols/protocol.ts';
import { formatDuration } from './units.ts';

/** A figure's value with its unit: `1.204 s`, `37`, `12%`. */
export function figureText({ unit, value }: Figure): string {
  if (unit === 'us') return formatDuration(value);
  return unit === 'percent' ? `${value}%` : String(value);
}
