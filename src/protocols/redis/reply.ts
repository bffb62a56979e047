/**
 * A reply as clients see it: a bulk string, a number, nil (null), a list, a status or an error. An integer that a number
 * cannot hold is there by its digits. A nil list is told like a nil.
 */
export type Reply =
  | string
  | number
  | null
  | readonly Reply[]
  | { readonly integer: string }
  | { readonly simple: string }
  | ErrorReply;

export interface ErrorReply {
  readonly error: string;
}

export const NIL: Reply = null;
export const OK: Reply = { simple: 'OK' };

export function error(text: string): ErrorReply {
  return { error: text };
}

export function isOk(reply: Reply): boolean {
  return typeof reply === 'object' && reply !== null && 'simple' in reply && reply.simple === 'OK';
}

/** Whether the server does not know the script of an EVALSHA, as after a restart. */
export function isNoScript(reply: Reply): boolean {
  return isError(reply) && reply.error.startsWith('NOSCRIPT');
}

export function isError(reply: Reply): reply is ErrorReply {
  return typeof reply === 'object' && reply !== null && 'error' in reply;
}
