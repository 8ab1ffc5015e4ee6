/** A session as Claude Code names it: a UUID. Comes from the client's output, and goes back into its argument vector. */
export function isSessionRef(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
