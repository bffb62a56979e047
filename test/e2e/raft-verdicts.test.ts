import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workshop } from './cli.ts';

let shop: Workshop;

const BASE = `name: mine
title: four servers
protocol: raft
topology: { servers: 4, clients: 2 }
duration: 1s
workload: { mix: { write: 1, read: 1 } }
`;

beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => {
  shop.remove();
});

describe('two verdicts on one run, in the built command', () => {
  it('a history that is not what clients were told fails the run as a checker bug', () => {
    shop.write('mine.yaml', `${BASE}bug: history-tells-otherwise\n`);
    const { code, stdout } = shop.cli(['run', 'mine.yaml']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/checkers-agree/);
    expect(stdout).toMatch(/checker bug: the history checker finds the answers impossible, but\s/);
  });

  it('an honest run tells that both agree', () => {
    shop.write('mine.yaml', BASE);
    const { code, stdout } = shop.cli(['run', 'mine.yaml', '--json']);
    expect(code).toBe(0);
    const { properties } = (
      JSON.parse(stdout) as { runs: { properties: { name: string; verdict: string }[] }[] }
    ).runs[0]!;
    expect(properties).toContainEqual(
      expect.objectContaining({ name: 'checkers-agree', verdict: 'holds' }),
    );
  });
});

describe('Raft configurations that cannot work, in the built command', () => {
  it.each([
    ['config: { quorum: 2 }', 'two halves', 'quorum: majority'],
    ['config: { quorum: 4 }', 'more than a majority', 'quorum: majority'],
    ['config: { heartbeat: 200ms }', 'heartbeat every 200 ms', '50ms'],
    ['config: { reads: lease, stickyLeader: true }', 'need checkQuorum', 'checkQuorum: true'],
    ['config: { voters: 0 }', 'voters is 0', 'whole number'],
    ['bug: amnesia', 'no planted bug "amnesia"', 'known: double-vote'],
    [
      'bug: [no-up-to-date-check, length-before-term]',
      'override the same rule, isUpToDate',
      'plant one at a time',
    ],
    ['bug: [double-vote, double-vote]', 'named twice', 'once'],
  ])('%s is refused with the reason and the fix', (line, reason, fix) => {
    shop.write('mine.yaml', `${BASE}${line}\n`);
    const { code, stdout, stderr } = shop.cli(['run', 'mine.yaml']);
    expect(code).toBe(64);
    expect(`${stdout}${stderr}`).toContain(reason);
    expect(`${stdout}${stderr}`).toContain(fix);
    expect(`${stdout}${stderr}`).toMatch(/mine\.yaml:7:/);
  });

  it('two bugs that override different rules run together', () => {
    shop.write('mine.yaml', `${BASE}bug: [local-leader-read, commit-beyond-log]\n`);
    expect([0, 1]).toContain(shop.cli(['run', 'mine.yaml']).code);
  });
});
