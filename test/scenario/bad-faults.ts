import type { BadScenario } from './bad-scenarios.ts';

const fault = (...lines: readonly string[]): string =>
  ['faults:', ...lines.map((line) => `  - ${line}`)].join('\n');

/** Faults, moments and triggers that cannot be, or never come. */
export const BAD_FAULTS: readonly BadScenario[] = [
  {
    mistake: 'ids used twice: two faults, a fault and a step, and the id that an unnamed step gets',
    yaml:
      fault(
        '{ id: f1, kind: kill, target: n1, for: 1s }',
        '{ @@id: f1, kind: kill, target: n2, for: 1s }',
        '{ id: op2, kind: kill, target: n3, for: 1s }',
      ) + '\nscript:\n  - { @@id: f1, client: c1, do: read }\n  - @@{ client: c1, do: read }',
    said: [
      'faults[1].id: the id "f1" is used twice / rename one',
      'script[0].id: the id "f1" is used twice / rename one',
      'script[1].id: the id "op2" is used twice / rename one',
    ],
  },
  {
    mistake: 'nodes that do not exist, wherever a fault, a step, a link or a clock names one',
    yaml:
      fault(
        '{ id: f1, kind: isolate, target: @@n4 }',
        '{ id: f2, kind: isolate, target: [n1, @@m2] }',
        '{ id: f3, kind: partition, groups: [[n1], [n2, @@n9]] }',
        '{ id: f4, kind: one-way, from: @@leadr, to: c1 }',
        '{ id: f5, kind: links, links: [[n1, @@x], @@[n2, n2]] }',
      ) +
      '\nscript:\n  - { client: @@n1, do: read }\nnetwork: { links: [{ from: @@n7, to: n1 }] }\nclocks: { @@n8: { offset: 1s } }',
    said: [
      'faults[0].target: no node is called "n4", and it is no target word / did you mean "n1"?',
      'faults[1].target[1]: no node is called "m2" / did you mean "n2"?',
      'faults[2].groups[1][1]: no node is called "n9" / did you mean "n1"?',
      'faults[3].from: no node is called "leadr", and it is no target word / did you mean "leader"?',
      'faults[4].links[0][1]: no node is called "x" / did you mean "n1"?',
      'faults[4].links[1]: a link from "n2" to itself / name two nodes',
      'script[0].client: no client is called "n1" / did you mean "c1"?',
      'network.links[0].from: no node is called "n7" / did you mean "n1"?',
      'clocks.n8: no node is called "n8" / did you mean "n1"?',
    ],
  },
  {
    mistake: 'targets that so few servers cannot give',
    yaml:
      'topology: { servers: 2, clients: 0 }\n@@workload: { mix: { read: 1 } }\n' +
      fault(
        '{ id: f1, kind: isolate, target: @@random 3 }',
        '{ id: f2, kind: isolate, target: @@minority }',
        '{ id: f3, @@kind: bridge }',
        '{ id: f4, @@kind: ring }',
        '{ id: f5, kind: pause, target: @@clients }',
        '{ id: f6, kind: pause, target: @@random 1 client }',
      ) +
      '\nnemesis: @@clients',
    said: [
      'workload: a workload without clients / add topology.clients',
      'faults[0].target: "random 3" of 2 servers / write random 1 to random 2',
      'faults[1].target: there is no minority of 2 servers / name the servers, or raise topology.servers to 3 or more',
      'faults[2].kind: a bridge partition needs at least 3 servers, and there are 2 / raise topology.servers or choose another kind',
      'faults[3].kind: a ring partition needs at least 4 servers, and there are 2 / raise topology.servers or choose another kind',
      'faults[4].target: there are no clients / add topology.clients',
      'faults[5].target: "random 1 client" of 0 clients / add topology.clients',
      'nemesis: it draws isolate-client, and there are no clients / add topology.clients, or choose kinds of fault among servers',
    ],
  },
  {
    mistake: 'a node in two groups of a partition',
    yaml: fault('{ id: f1, kind: partition, groups: [[n1, n2], [@@n2, n3]] }'),
    said: [
      'faults[0].groups[1][0]: "n2" is in two groups / keep it in one group (for overlapping reach use kind: links or bridge)',
    ],
  },
  {
    mistake: 'moments after the fault phase, and faults that last no time',
    yaml:
      fault(
        '{ id: f1, kind: isolate, target: n1, @@at: 2s }',
        '{ id: f2, kind: isolate, target: n1, when: { mark: leader }, @@after: 3s }',
        '{ id: f3, kind: isolate, target: n1, at: 1s, @@until: 500ms }',
        '{ id: f4, kind: isolate, target: n1, @@for: 0s }',
        '{ id: f5, kind: isolate, target: n1, for: 1s, @@until: 2s }',
        '{ id: f6, kind: isolate, target: n1, @@at: 1s, when: { mark: leader } }',
        '{ id: f7, kind: isolate, target: n1, @@after: 1s }',
      ) +
      '\nscript:\n  - { client: c1, do: read, @@at: 9s }\nnemesis: { from: @@2s }\nworkload: { mix: { read: 1 }, from: @@3s }',
    said: [
      'faults[0].at: never happens: at 2s the fault phase is over / raise `duration` or move it earlier',
      'faults[1].after: never happens: 3s after anything, the fault phase is over / raise `duration` or wait less',
      'faults[2].until: ends before it begins / write a later time; to give a length, use `for`',
      'faults[3].for: lasts no time, so it can do nothing / give it a length',
      'faults[4].until: has both `for` and `until` / keep one of them',
      'faults[5].at: has both `at` and `when` / keep one; `after` delays a `when`',
      'faults[6].after: `after` without `when` / add the `when:` it follows, or use `at:`',
      'script[0].at: never happens: at 9s the fault phase is over / raise `duration` or move it earlier',
      'nemesis.from: the nemesis begins when the fault phase is over / raise `duration`',
      'workload.from: the workload begins when the fault phase is over / raise `duration` or begin earlier',
    ],
  },
  {
    mistake: 'triggers that wait for what does not exist',
    yaml:
      'maxEvents: 1000\n' +
      fault(
        '{ id: f1, kind: kill, target: n1, when: { mark: @@laeder } }',
        '{ id: f2, kind: kill, target: n1, when: { mark: leader, node: @@n5 } }',
        '{ id: f3, kind: kill, target: n1, when: { message: @@AppendEntrys } }',
        '{ id: f4, kind: kill, target: n1, when: { message: AppendEntries, from: @@n5 } }',
        '{ id: f5, kind: kill, target: n1, when: { event: @@1001 } }',
        '{ id: f6, kind: kill, target: n1, when: { fault: @@f77, is: started } }',
        '{ id: f7, kind: kill, target: n1, when: { operation: @@w1, is: invoked } }',
      ),
    said: [
      'faults[0].when.mark: can never fire: no mark "laeder" / did you mean "leader"?',
      'faults[1].when.node: can never fire: no node "n5" / did you mean "n1"?',
      'faults[2].when.message: can never fire: no message type "AppendEntrys" / did you mean "AppendEntries"?',
      'faults[3].when.from: can never fire: no node "n5" / did you mean "n1"?',
      'faults[4].when.event: can never fire: the run ends at event 1000 / raise maxEvents or name an earlier event',
      'faults[5].when.fault: can never fire: no fault "f77" / did you mean "f7"?',
      'faults[6].when.operation: can never fire: no scripted operation "w1", this file has none / remove this trigger',
    ],
  },
  {
    mistake: 'triggers that wait for themselves, in circles, or for an end that never comes',
    yaml:
      fault(
        '{ id: f1, kind: kill, target: n1, for: 1s, when: { fault: @@f1, is: ended } }',
        '{ id: f2, kind: kill, target: n1, for: 1s, @@when: { fault: f3, is: started } }',
        '{ id: f3, kind: kill, target: n1, for: 1s, @@when: { fault: f2, is: ended } }',
        '{ id: f4, kind: kill, target: n1 }',
        '{ id: f5, kind: kill, target: n1, when: { fault: @@f4, is: ended } }',
        '{ id: f6, kind: kill, target: n1, until: { when: { fault: @@f6, is: started } } }',
        '{ id: f7, kind: kill, target: n1, @@when: { operation: w1, is: completed } }',
      ) +
      '\nscript:\n  - { id: w1, client: c1, do: read, @@when: { fault: f7, is: started } }\n  - { id: w2, client: c1, do: read, when: { operation: @@w2, is: invoked } }',
    said: [
      'faults[0].when.fault: can never fire: f1 waits for itself / name another fault',
      'faults[1].when: can never fire: f2 waits for f3 waits for f2 / let one of them begin at a time or on another event',
      'faults[2].when: can never fire: f3 waits for f2 waits for f3 / let one of them begin at a time or on another event',
      'faults[4].when.fault: can never fire: f4 lasts to the end of the fault phase / give f4 a `for` or an `until`',
      'faults[5].until.when.fault: can never fire: f6 waits for itself / name another fault',
      'faults[6].when: can never fire: f7 waits for w1 waits for f7 / let one of them begin at a time or on another event',
      'script[0].when: can never fire: w1 waits for f7 waits for w1 / let one of them begin at a time or on another event',
      'script[1].when.operation: can never fire: w2 waits for itself / name another step',
    ],
  },
  {
    mistake: 'two triggers in one',
    yaml: fault('{ id: f1, kind: kill, target: n1, when: { mark: leader, @@fault: f2 } }'),
    said: [
      'faults[0].when.fault: "fault" does not go with the other keys here / remove one or the other',
    ],
  },
  {
    mistake: 'a messages fault that does nothing, and an unknown message type',
    yaml: fault(
      '{ id: f1, @@kind: messages }',
      '{ id: f2, kind: messages, drop: 5%, types: [@@Vote] }',
    ),
    said: [
      'faults[0].kind: a messages fault that does nothing / add one of drop, duplicate, reorder, corrupt, delay',
      'faults[1].types[0]: no message type "Vote" / known: RequestVote, RequestVoteReply, RequestPreVote, RequestPreVoteReply, AppendEntries, AppendEntriesReply, InstallSnapshot, InstallSnapshotReply, TimeoutNow, ReadIndexRequest, ReadIndexReply, ForwardRequest, ForwardReply, ClientRequest, ClientReply, TransferLeadership, ChangeMembership, LeaveJoint',
    ],
  },
];
