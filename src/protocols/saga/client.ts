import { BankClient } from '../bank-client.ts';
import type { ClientContext } from '../protocol.ts';
import type { SagaConfig } from './config.ts';
import type { SagaObserver } from './observer.ts';

/** A client of the bank, to which `committed` means done. */
export class SagaClient extends BankClient {
  constructor(context: ClientContext<SagaConfig, SagaObserver>) {
    super(context, 'committed');
  }
}
