import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InteractionScript } from './interaction-script.ts';

const FOLDER = new URL('./interaction/', import.meta.url);
/** `INTERACTION=write npx vitest run test/protocols/raft/interaction.test.ts` writes what the servers say; read the difference. */
const WRITE = process.env['INTERACTION'] === 'write';

describe('scripts of commands and the logs they lead to', () => {
  it.each(readdirSync(FOLDER))('%s', (file) => {
    const url = new URL(file, FOLDER);
    const text = readFileSync(url, 'utf8');
    const { said, violations } = new InteractionScript().play(text);
    if (WRITE) writeFileSync(url, said);
    else expect(said).toBe(text);
    expect(violations).toEqual([]);
  });
});
