/** One scenario text with mistakes: `@@` marks where each must be reported, and what must be said of each. */
export interface BadScenario {
  readonly mistake: string;
  /** Added to a scenario that compiles (see marked-file.ts), or the whole text when `whole`. */
  readonly yaml: string;
  readonly said: readonly string[];
  readonly whole?: true;
}

const DURATION = 'expected a duration with its unit, such as 500us, 150ms or 2s (0 or more)';
const EMPTY_FIX =
  'start from a file of `splitbrain list`; `splitbrain scenario schema` prints all keys';

const REDLOCK = [
  'protocol: redlock',
  'topology: { servers: 4, clients: 2 }',
  'workload: { mix: { increment: 1 } }',
];

/** What a `config:` section says of names, and what an operation makes of it. */
const CONFIGS: readonly BadScenario[] = [
  {
    mistake: 'a hold of a client that is not there',
    yaml: [...REDLOCK, 'config: { holds: { @@c3: 1s } }'].join('\n'),
    said: ['config.holds.c3: no client is called "c3" / did you mean "c1"?'],
  },
  {
    mistake: 'an option that another switches off',
    yaml: [...REDLOCK, 'config: { @@maxExtensions: 3 }'].join('\n'),
    said: [
      'config.maxExtensions: maxExtensions has no effect without extend: auto / write extend: auto, or leave maxExtensions out',
    ],
  },
  {
    mistake: 'a lock that is called like the counter of another',
    yaml: [...REDLOCK, 'script: [{ at: 0s, client: c1, do: increment, key: @@"fence:x" }]'].join(
      '\n',
    ),
    said: [
      'script[0].key: "fence:x" cannot name a lock: the counters of fencing tokens are called fence:... / write a name that does not begin with fence:',
    ],
  },
  ...['zookeeper', 'etcd'].map((protocol) => ({
    mistake: `a lock of ${protocol} among the contenders for another`,
    yaml: [
      `protocol: ${protocol}`,
      'topology: { servers: 4, clients: 2 }',
      'workload: { mix: { increment: 1 } }',
      'script: [{ at: 0s, client: c1, do: increment, key: @@a/b }]',
    ].join('\n'),
    said: [
      'script[0].key: "a/b" cannot name a lock: it would lie among the contenders for "a" / write a name without a slash',
    ],
  })),
  {
    mistake: 'a lock of zookeeper on a relative path',
    yaml: [
      'protocol: zookeeper',
      'topology: { servers: 4, clients: 2 }',
      'workload: { mix: { increment: 1 } }',
      'script: [{ at: 0s, client: c1, do: increment, key: @@.. }]',
    ].join('\n'),
    said: [
      'script[0].key: ".." cannot name a lock: ZooKeeper knows no relative paths / write a name that is more than dots',
    ],
  },
  {
    mistake: 'writes under a semaphore',
    yaml: [
      'protocol: zookeeper',
      'topology: { servers: 4, clients: 2 }',
      'config: { lock: semaphore }',
      'workload: { mix: { read: 1, @@increment: 1 } }',
    ].join('\n'),
    said: [
      'workload.mix.increment: up to 2 clients hold this semaphore at once, and of two that increment one would be lost by nature / let clients read, or set permits: 1 or lock: mutex',
    ],
  },
];

const FILES: readonly BadScenario[] = [
  {
    mistake: 'an empty file',
    whole: true,
    yaml: '@@',
    said: [`the file is empty: expected a scenario / ${EMPTY_FIX}`],
  },
  {
    mistake: 'only comments',
    whole: true,
    yaml: '@@# nothing here',
    said: [`the file is empty: expected a scenario / ${EMPTY_FIX}`],
  },
  {
    mistake: 'a text that is no mapping',
    whole: true,
    yaml: '@@hello world',
    said: [
      `expected a scenario: a mapping with the keys name, title, protocol, topology, duration / ${EMPTY_FIX}`,
    ],
  },
  {
    mistake: 'what is not YAML',
    yaml: 'network: { latency: 5ms\n@@faults: []',
    said: [
      'not valid YAML: Flow map in block collection must be sufficiently indented and end with a } / correct the YAML at this place',
    ],
  },
  {
    mistake: 'a tab for indentation',
    yaml: 'network:\n@@\tloss: 5%',
    said: ['not valid YAML: Tabs are not allowed as indentation / correct the YAML at this place'],
  },
  {
    mistake: 'two duplicate keys, both reported',
    yaml: 'ties: fifo\n@@ties: shuffled\nnetwork: { fifo: true, @@fifo: false }',
    said: [
      'the key "ties" is written twice / remove one of the two',
      'the key "fifo" is written twice / remove one of the two',
    ],
  },
  {
    mistake: 'an alias without its anchor',
    whole: true,
    yaml: '@@name: *nobody',
    said: [
      'not valid YAML: Unresolved alias (the anchor must be set before the alias): nobody / write the values out instead of using anchors (&) and aliases (*)',
    ],
  },
];

const KEYS: readonly BadScenario[] = [
  {
    mistake: 'unknown keys at every level, reported at once with the nearest known key',
    yaml: [
      '@@fualts: []',
      'network:',
      '  @@latnecy: 3ms',
      'faults:',
      '  - { id: f1, kind: isolate, target: leader, @@att: 1s }',
      '  - id: f2',
      '    kind: kill',
      '    target: n1',
      '    when: { mark: leader, @@nod: n1 }',
    ].join('\n'),
    said: [
      'fualts: unknown key "fualts" / did you mean "faults"?',
      'network.latnecy: unknown key "latnecy" / did you mean "latency"?',
      'faults[0].att: unknown key "att" / did you mean "at"?',
      'faults[1].when.nod: unknown key "nod" / did you mean "node"?',
    ],
  },
  {
    mistake: 'a missing key',
    yaml: '@@topology: { clients: 2 }',
    said: [
      'topology.servers: missing: expected how many servers (1 to 64), or their names / add this key',
    ],
  },
  {
    mistake: 'keys with nothing behind them',
    yaml: 'faults:@@\nconfig:@@',
    said: [
      'faults: expected a list (got null) / nothing is written here: write a value, or remove the key',
      'config: expected a mapping (key: value) (got null) / nothing is written here: write a value, or remove the key',
    ],
  },
  {
    mistake: 'a key that this kind of fault does not take, and one it needs',
    yaml: 'faults:\n  - { id: f1, @@kind: partition, @@target: n1, at: 1s }',
    said: [
      'faults[0].kind: a partition fault needs "groups" / add this key',
      'faults[0].target: a partition fault has no key "target" / it takes: groups',
    ],
  },
  {
    mistake: 'an unknown kind of fault',
    yaml: 'faults:\n  - { id: f1, kind: @@isolat, target: n1 }',
    said: [
      'faults[0].kind: expected one of partition, isolate, halves, bridge, ring, one-way, links, flapping, messages, clog, message, kill, power-loss, disk-loss, pause, slow-disk, stalled-disk, failed-sync, clock-step, clock-drift, clock-freeze, fire-timer, wake (got "isolat") / did you mean "isolate"?',
    ],
  },
  {
    mistake: 'config keys that the protocol does not know',
    yaml: 'config:\n  @@heartbaet: 20ms',
    said: ['config.heartbaet: raft has no config key "heartbaet" / did you mean "heartbeat"?'],
  },
  {
    mistake: 'a config value that cannot work',
    yaml: 'config: { @@electionTimeout: [300ms, 150ms] }',
    said: [
      'config.electionTimeout: the election timeout has no room for chance: its maximum is not above its minimum, and split votes would repeat / write [300ms, 600ms]',
    ],
  },
  {
    mistake: 'a protocol, a bug and a property that do not exist',
    yaml: 'bug: @@half-is-enuogh\nproperties: { @@linearisable: violated }',
    said: [
      'bug: raft has no planted bug "half-is-enuogh" / did you mean "half-is-enough"?',
      'properties.linearisable: no property is called "linearisable" / did you mean "linearizable"?',
    ],
  },
  {
    mistake: 'an unknown protocol',
    yaml: 'protocol: @@rafd',
    said: ['protocol: no protocol is called "rafd" / did you mean "raft"?'],
  },
  {
    mistake: 'operations that the clients do not know',
    yaml: 'workload: { mix: { @@raed: 1 } }\nrequire: { okDuringFaults: [@@wriet] }',
    said: [
      'workload.mix.raed: raft clients know no operation "raed" / did you mean "read"?',
      'require.okDuringFaults[0]: raft clients know no operation "wriet" / did you mean "write"?',
    ],
  },
];

const VALUES: readonly BadScenario[] = [
  {
    mistake: 'a name with what names may not have',
    yaml: 'name: @@My Scenario!',
    said: [
      'name: expected lower case letters, digits and - (got "My Scenario!") / write my-scenario',
    ],
  },
  {
    mistake: 'a negative duration',
    yaml: 'duration: @@-2s',
    said: [
      `duration: ${DURATION} (got "-2s") / durations here cannot be negative: write one of 0 or more`,
    ],
  },
  {
    mistake: 'a duration beyond any run',
    yaml: 'duration: @@99999999999999999999s',
    said: [
      'duration: expected a duration of at most 500000m, about a year (got "99999999999999999999s") / write what is expected',
    ],
  },
  {
    mistake: 'a duration without its unit',
    yaml: 'duration: @@500',
    said: [`duration: ${DURATION} (got 500) / write the unit: 500ms`],
  },
  {
    mistake: 'a wrong unit',
    yaml: 'duration: @@2sec',
    said: [
      `duration: ${DURATION} (got "2sec") / the units are us, ms, s and m, right behind the number`,
    ],
  },
  {
    mistake: 'percentages without percent, negative and above 100',
    yaml: 'network: { loss: @@0.05, duplicate: @@-5%, reorder: @@200% }',
    said: [
      'network.loss: expected a percentage, such as 5% or 0.1% (got 0.05) / write it with a percent sign, such as 5%',
      'network.duplicate: expected a percentage, such as 5% or 0.1% (got "-5%") / write what is expected',
      'network.reorder: expected a percentage of at most 100% (got "200%") / write what is expected',
    ],
  },
  {
    mistake: 'a seed that is a number: its digits would be lost',
    yaml: 'seed: @@12345678901234567890',
    said: [
      'seed: a seed is text: write it in quotes, because YAML numbers lose digits beyond 2^53 (got 12345678901234567890) / write "12345678901234567890" in quotes',
    ],
  },
  {
    mistake: 'ranges the wrong way round',
    yaml: [
      'network:',
      '  @@latency: [5ms, 1ms]',
      '  links: [{ from: n1, to: n2, @@latency: [9ms, 1ms] }]',
      'disk: { @@sync: { exponential: { min: 5ms, mean: 1ms } } }',
      'workload: { mix: { read: 1 }, @@think: [2ms, 1ms] }',
      'nemesis: { @@gap: [300ms, 100ms], @@for: [2s, 1s] }',
    ].join('\n'),
    said: [
      'network.latency: the range [5ms, 1ms] ends before it begins / write the smaller one first',
      'network.links[0].latency: the range [9ms, 1ms] ends before it begins / write the smaller one first',
      'disk.sync: the mean 1ms is below the minimum 5ms / write the smaller one first',
      'workload.think: the range [2ms, 1ms] ends before it begins / write the smaller one first',
      'nemesis.gap: the range [300ms, 100ms] is empty or ends before it begins / write the smaller one first',
      'nemesis.for: the range [2s, 1s] is empty or ends before it begins / write the smaller one first',
    ],
  },
  {
    mistake: 'a word where only some words are known',
    yaml: 'properties: { liveness: @@violatd }',
    said: [
      'properties.liveness: expected one of holds, violated (got "violatd") / did you mean "violated"?',
    ],
  },
  {
    mistake: 'weights that leave nothing to do',
    yaml: 'workload: { @@mix: { read: 0 } }\nnemesis: { @@weights: { kill-one: 0 } }',
    said: [
      'workload.mix: all weights are 0 / give one operation a weight',
      'nemesis.weights: all weights are 0 / give one kind of fault a weight',
    ],
  },
];

const FORMS: readonly BadScenario[] = [
  {
    mistake: 'a mistake inside one of several forms is reported where it is',
    yaml: [
      'network: { latency: [5ms, @@10] }',
      'disk: { sync: { lognormal: { median: 5ms, sigma: @@big } } }',
      'faults:',
      '  - { id: f1, kind: kill, target: n1, when: { event: @@soon } }',
      '  - { id: f2, kind: kill, target: n1, when: { fault: f1, is: @@over } }',
    ].join('\n'),
    said: [
      `network.latency[1]: ${DURATION} (got 10) / write the unit: 10ms`,
      'disk.sync.lognormal.sigma: expected a number (got "big") / write what is expected',
      'faults[0].when.event: expected a whole number of 1 or more (got "soon") / write what is expected',
      'faults[1].when.is: expected one of started, ended (got "over") / known: started, ended',
    ],
  },
  {
    mistake: 'what is none of several forms is told all of them',
    yaml: 'network: { @@latency: { gaussian: 5ms } }',
    said: [
      'network.latency: expected a latency: a duration (5ms), a range ([1ms, 10ms]), or exponential, lognormal or bimodal (got {"gaussian":"5ms"}) / write what is expected',
    ],
  },
];

const TOPOLOGIES: readonly BadScenario[] = [
  {
    mistake: 'no servers',
    yaml: 'topology: { servers: @@0 }',
    said: [
      'topology.servers: expected how many servers (1 to 64), or their names (got 0) / write what is expected',
    ],
  },
  {
    mistake: 'more servers than the simulator takes',
    yaml: 'topology: { servers: @@65 }',
    said: [
      'topology.servers: expected how many servers (1 to 64), or their names (got 65) / write what is expected',
    ],
  },
  {
    mistake: 'names used twice, and a name that targets use',
    yaml: 'topology: { servers: [a, b, @@a, @@leader], clients: [@@b, c] }',
    said: [
      'topology.servers[2]: two nodes are called "a" / rename one',
      'topology.servers[3]: "leader" is a word that targets use for nodes / rename this node',
      'topology.clients[0]: two nodes are called "b" / rename one',
    ],
  },
  {
    mistake: 'a workload that nobody performs',
    yaml: 'topology: { servers: 3 }\n@@workload: { mix: { read: 1 } }',
    said: ['workload: a workload without clients / add topology.clients'],
  },
  {
    mistake: 'more voters than servers',
    yaml: 'config: { @@voters: 9 }',
    said: [
      'config.voters: 9 voters and 0 learners are more than the 3 servers / lower them, or add servers to the topology',
    ],
  },
];

export const BAD_SCENARIOS: readonly BadScenario[] = [
  ...FILES,
  ...KEYS,
  ...VALUES,
  ...FORMS,
  ...TOPOLOGIES,
  ...CONFIGS,
];
