import { ConfigError } from '../protocol.ts';

/**
 * An ensemble that cannot lose a server, or has one for nothing, must be `declared`. The last server of the topology is the
 * protected resource, and not among the `replicas`.
 * @throws ConfigError with the reason and the fix.
 */
export function refuseWeakEnsemble(service: string, replicas: number, declared: boolean): void {
  if (replicas < 1)
    throw new ConfigError(
      'weakEnsemble',
      `the last server is the protected resource; there is no ${service} server`,
      'add servers to the topology: three and the resource',
    );
  if (declared || (replicas >= 3 && replicas % 2 === 1)) return;
  const survives = Math.ceil(replicas / 2) - 1;
  throw new ConfigError(
    'weakEnsemble',
    replicas < 3
      ? `${replicas} ${service} server${replicas === 1 ? '' : 's'} (the last server is the protected resource) cannot lose one and go on: a majority of ${replicas} is ${Math.floor(replicas / 2) + 1}`
      : `${replicas} ${service} servers survive the loss of ${survives}, no more than ${replicas - 1} do: the even one only adds a server that can fail`,
    'name three or five servers and the resource, or set weakEnsemble: true',
  );
}
