// Plain node:test, no other runner: `node --test node-test.mjs`.
import { test } from 'node:test';
import { campaignWith, simTestWith } from 'splitbrain';

const face = {
  register: (name, body, timeout) => test(name, { timeout }, body),
  rerun: (name) => `node --test --test-name-pattern ${JSON.stringify(name)} ${process.argv[1]}`,
};
const simTest = simTestWith(face);
const campaign = campaignWith(face);

const echo = (env) => ({
  onMessage: (from, message) => env.send(from, { ...message, type: 'echo' }),
});
const caller = (env) => ({
  answered: 0,
  onStart: () => env.setTimer('call', 1_000),
  onTimer: () => env.send(0, { type: 'call' }),
  onMessage() {
    this.answered += 1;
  },
});

simTest('an answer comes', { nodes: { echo, caller }, seeds: 5 }, async (sim) => {
  sim.sometimes('answered', () => sim.nodes('caller').some(({ answered }) => answered > 0));
  await sim.run('1s');
});

const scenario = new URL('../../scenarios/raft/leader-killed.yaml', import.meta.url);
// BROKEN=1 shows what a failure looks like.
const change = process.env.BROKEN === '1' ? { bug: 'ack-before-sync' } : {};
campaign('raft survives the death of its leader', scenario, { seeds: 3, change });
