/**
 * The name of a grant: its node's path and the transaction that made it. The path alone may come again, in a folder that was
 * deleted and made anew.
 */
export function grantIdOf(path: string, czxid: number): string {
  return `${path}@${czxid}`;
}

/** What {@link grantIdOf} put together. */
export function nodeOf(grantId: string): { readonly path: string; readonly czxid: number } {
  const at = grantId.lastIndexOf('@');
  return { path: grantId.slice(0, at), czxid: Number(grantId.slice(at + 1)) };
}
