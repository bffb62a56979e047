import { BankClient } from '../bank-client.ts';
import type { ClientContext } from '../protocol.ts';
import type { TccConfig } from './config.ts';
import type { TccObserver } from './observer.ts';

/** A client of the bank, to which `confirm` means done. */
export class TccClient extends BankClient {
  constructor(context: ClientContext<TccConfig, TccObserver>) {
    super(context, 'confirm');
  }
}
