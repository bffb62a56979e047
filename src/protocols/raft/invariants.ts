import type { InvariantDefinition } from '../protocol.ts';

/** What `ghost/monitor.ts` judges at every event, whether or not a fault makes it visible to a client. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'election-safety',
    statement: 'At most one server leads a term, and only it speaks as that leader.',
    source: 'Raft §5.2, Figure 3',
  },
  {
    name: 'election-quorum',
    statement: 'A leader has the votes of a majority, of both majorities during joint consensus.',
    source: 'Raft §5.2, §6',
  },
  {
    name: 'one-vote-a-term',
    statement: 'A server tells at most one candidate its vote in a term, crashes or not.',
    source: 'Raft §5.2',
  },
  {
    name: 'leader-append-only',
    statement: 'A leader never removes entries of its own log.',
    source: 'Raft §5.3, Figure 3',
  },
  {
    name: 'log-matching',
    statement: 'Two logs with an entry of the same index and term are equal up to it.',
    source: 'Raft §5.3, Figure 3',
  },
  {
    name: 'log-shape',
    statement: 'Indexes are contiguous, terms never fall, none is above the current term.',
    source: 'Raft §5.3',
  },
  {
    name: 'leader-completeness',
    statement: 'A leader has every entry that was committed in an earlier term.',
    source: 'Raft §5.4, Figure 3',
  },
  {
    name: 'state-machine-safety',
    statement: 'No two servers commit or apply different entries at one index.',
    source: 'Raft §5.4.3, Figure 3',
  },
  {
    name: 'deterministic-apply',
    statement: 'Equal entries bring every state machine to equal states and answers.',
    source: 'seed document, replicated state machine',
  },
  {
    name: 'exactly-once',
    statement: 'A command that a client repeats within its session takes effect once.',
    source: 'Raft §8, dissertation §6.3',
  },
  {
    name: 'apply-in-order',
    statement: 'Each index is applied once, right after the one before it.',
    source: 'Raft Figure 2',
  },
  {
    name: 'state-ordering',
    statement: 'Compacted, applied, committed and last index rise in this order.',
    source: 'Raft Figure 2',
  },
  {
    name: 'commit-monotonic',
    statement: 'A running server never lowers its commit index.',
    source: 'Raft Figure 2',
  },
  {
    name: 'own-term-commit',
    statement: 'A leader counts replicas only for entries of its own term.',
    source: 'Raft §5.4.2',
  },
  {
    name: 'committed-on-durable-quorum',
    statement: 'What a leader commits is on the disks of a majority.',
    source: 'Raft §5.3, Figure 2',
  },
  {
    name: 'committed-never-removed',
    statement: 'No server removes a committed entry from its log.',
    source: 'Raft §5.4',
  },
  {
    name: 'promise-after-durable',
    statement: 'A vote, an acknowledgement, an own copy counts only once it is on disk.',
    source: 'Raft Figure 2',
  },
  {
    name: 'recovery-is-faithful',
    statement: 'A restart finds everything that was durable.',
    source: 'Raft Figure 2',
  },
  {
    name: 'progress-is-sound',
    statement: 'A leader counts for a member only what that member promised in this term.',
    source: 'Raft §5.3',
  },
  {
    name: 'term-monotonic',
    statement: 'A server never goes back to an earlier term, restarts included.',
    source: 'Raft §5.1',
  },
  {
    name: 'message-term',
    statement: 'No message speaks of a term that its sender has not reached.',
    source: 'raft.tla, MessageTermsLtCurrentTerm',
  },
  {
    name: 'snapshot-is-prefix',
    statement: 'A snapshot is the state, term and membership at its last index, sessions included.',
    source: 'Raft §7',
  },
  {
    name: 'snapshot-moves-forward',
    statement:
      'Installing a snapshot never takes a state machine back, nor drops entries after it.',
    source: 'Raft §7, Figure 13',
  },
  {
    name: 'latest-membership-in-force',
    statement: 'A server acts on the latest membership in its log.',
    source: 'Raft §6',
  },
  {
    name: 'membership-change-rules',
    statement:
      'One change at a time, after an entry of the own term, by one voter or through a joint phase.',
    source: 'dissertation §4.1, Raft §6',
  },
  {
    name: 'roles-follow-membership',
    statement: 'Only voters campaign.',
    source: 'dissertation §4.2',
  },
  {
    name: 'removed-leader-resigns',
    statement: 'A leader that the committed membership leaves out leads no longer.',
    source: 'Raft §6',
  },
  {
    name: 'answers-are-committed',
    statement: 'A client is told of success only when its own command is committed at its index.',
    source: 'Raft §5.3, §8',
  },
  {
    name: 'reads-are-fresh',
    statement: 'A read reflects everything acknowledged before it arrived (where promised).',
    source: 'Raft §8, dissertation §6.4',
  },
  {
    name: 'lease-is-exclusive',
    statement: 'While a read is served on a lease no later term has a leader.',
    source: 'dissertation §6.4.1',
  },
  {
    name: 'values-were-written',
    statement: 'A read returns only what some client began to write.',
    source: 'seed document, validity of consensus',
  },
  {
    name: 'answers-follow-the-log',
    statement: 'Every answer is the one that the order of the log gives (where promised).',
    source: 'Herlihy & Wing 1990, with the log as the order',
  },
  {
    name: 'failures-have-no-effect',
    statement: 'An operation that was told to have failed never takes effect.',
    source: 'RedisRaft Jepsen report, aborted reads',
  },
  {
    name: 'resources-are-bounded',
    statement: 'Uncommitted, unacknowledged and compactable entries stay within their limits.',
    source: 'etcd-io/raft, MaxUncommittedEntriesSize and MaxInflightMsgs',
  },
  {
    name: 'leader-within-bound',
    statement: 'Ten election timeouts after the heal some server leads.',
    source: 'Raft §5.2, §5.6; seed document, termination',
  },
  {
    name: 'logs-converge',
    statement: 'After the heal all members come to one log, one commit index, one state.',
    source: 'Raft §5.3; seed document, logs that differ for a time',
  },
  {
    name: 'replication-progresses',
    statement: 'On a healed network no place of a log is refused, no chunk sent, for ever.',
    source: 'Raft §5.3',
  },
  {
    name: 'terms-settle',
    statement: 'With no fault and nothing asked a leader that all can hear keeps its term.',
    source: 'Raft §5.6; dissertation §4.2.3, §9.6',
  },
  {
    name: 'handovers-succeed',
    statement:
      'On a healed network who is told to campaign becomes the next leader, sooner or later.',
    source: 'dissertation §3.10',
  },
];
