/** Recorded replies as a small file: each different text once, then by number. */
export function pack(real: readonly (readonly string[])[]): string {
  const texts = [...new Set(real.flat())];
  const numbers = new Map(texts.map((text, at) => [text, at]));
  const rows = real.map((replies) => JSON.stringify(replies.map((text) => numbers.get(text))));
  return `{\n"texts": ${JSON.stringify(texts)},\n"sequences": [\n${rows.join(',\n')}\n]\n}\n`;
}

/** What {@link pack} wrote, as it was. */
export function unpack(text: string): readonly (readonly string[])[] {
  const recorded = JSON.parse(text) as {
    readonly texts: readonly string[];
    readonly sequences: readonly (readonly number[])[];
  };
  return recorded.sequences.map((row) => row.map((at) => recorded.texts[at]!));
}
