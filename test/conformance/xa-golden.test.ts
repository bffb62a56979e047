import { describe, expect, it } from 'vitest';

import { answersOf, MARIADB, POSTGRES, recordedAnswers, type RecordedServer } from './xa-golden.ts';

describe('the simulated resource manager, against what real servers answered when they were recorded', () => {
  it.each<[string, RecordedServer]>([
    ['MariaDB 10.11.19 (XA verbs)', MARIADB],
    ['PostgreSQL 15 (prepared transactions)', POSTGRES],
  ])('%s: 400 random sequences of verbs, and a restart with prepared branches', (_name, server) => {
    const recorded = recordedAnswers(server);
    expect(recorded).toHaveLength(401);
    const ours = answersOf(server);
    const different = server.sequences().flatMap((calls, index) =>
      calls.flatMap((call, at) => {
        const [mine, theirs] = [ours[index]![at], recorded[index]![at]];
        return mine === theirs
          ? []
          : [
              `sequence ${index}, call ${at} (${JSON.stringify(call)}): ${mine}, the server: ${theirs}`,
            ];
      }),
    );
    expect(different).toEqual([]);
  });
});
