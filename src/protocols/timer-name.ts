/** A timer's name `purpose:subject` in its two parts; the subject of `purpose` alone is empty. */
export function partsOf(name: string): readonly [purpose: string, subject: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? [name, ''] : [name.slice(0, colon), name.slice(colon + 1)];
}
