import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HandCluster } from './hand.ts';

const FOLDER = new URL('./interaction/', import.meta.url);

/** `n2` or `2`: the server's id. */
const idOf = (word: string): number => Number(word.replace('n', '')) - 1;

/** Plays one script; answers it with the lines behind each `log` replaced by what the servers say. */
function play(text: string): { said: string; violations: readonly unknown[] } {
  let cluster = new HandCluster(3);
  const said: string[] = [];
  const run = (line: string): void => {
    const [command = '', ...words] = line.split(' ');
    const among = words.map(idOf);
    switch (command) {
      case 'cluster': {
        const [size, ...switches] = words;
        const config = switches.map((entry): [string, unknown] => {
          const [key, value] = entry.split('=');
          return [key!, JSON.parse(value!)];
        });
        cluster = new HandCluster(Number(size), Object.fromEntries(config));
        for (const hand of cluster.hands) hand.nowUs = 1_000_000;
        break;
      }
      case 'campaign':
        cluster.hands[among[0]!]!.timeout('election');
        break;
      case 'propose':
        cluster.propose(idOf(words[0]!), words[1]);
        break;
      case 'heartbeat':
        cluster.hands[among[0]!]!.timeout('heartbeat');
        break;
      case 'deliver': {
        cluster.collect();
        const mail = cluster.mail.splice(0);
        for (const letter of mail)
          if (among.length === 0 || among.includes(letter.to)) cluster.deliver(letter);
        break;
      }
      case 'stabilize':
        cluster.stabilize(cluster.between(among.length === 0 ? undefined : among));
        break;
      case 'drop':
        cluster.drop();
        break;
      case 'restart':
        cluster.hands[among[0]!]!.start();
        break;
      case 'power-loss':
        cluster.hands[among[0]!]!.powerLoss();
        break;
      case 'log':
        for (const [id, hand] of cluster.hands.entries()) {
          const { role, currentTerm, commitIndex } = hand.raft;
          said.push(
            `> n${id + 1} ${role} t${currentTerm} [${hand.terms().join(' ')}] commit ${commitIndex}`,
          );
        }
        break;
      default:
        throw new Error(`unknown command: ${line}`);
    }
  };
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('> ')) continue;
    said.push(line);
    if (line !== '' && !line.startsWith('#')) run(line);
  }
  return { said: `${said.join('\n')}\n`, violations: cluster.violations };
}

describe('scripts of commands and the logs they lead to', () => {
  it.each(readdirSync(FOLDER))('%s', (file) => {
    const url = new URL(file, FOLDER);
    const text = readFileSync(url, 'utf8');
    const { said, violations } = play(text);
    expect(said).toBe(text);
    expect(violations).toEqual([]);
  });
});
