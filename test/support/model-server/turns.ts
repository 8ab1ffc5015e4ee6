/** What the scripted model does when it is asked. Turn n answers a conversation that holds n assistant messages. */
export type ModelTurn =
  | { readonly kind: 'say'; readonly text: string; readonly thinking?: string }
  | { readonly kind: 'tool'; readonly name: string; readonly input: Readonly<Record<string, unknown>>; readonly text?: string }
  /** An HTTP error with the provider's error body. */
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfterSeconds?: number; readonly message?: string }
  /** Begins an answer and never ends it. */
  | { readonly kind: 'hang'; readonly text: string }
  /** Begins an answer and cuts the connection. */
  | { readonly kind: 'drop'; readonly text: string };

export interface ModelScript {
  readonly turns: readonly ModelTurn[];
  /** The first so many answers are this refusal; the turns follow. */
  readonly refuseFirst?: { readonly count: number; readonly turn: Extract<ModelTurn, { kind: 'refuse' }> };
}

export const say = (text: string): ModelTurn => ({ kind: 'say', text });
export const writeFile = (path: string, content: string): ModelTurn => ({ kind: 'tool', name: 'Write', input: { file_path: path, content }, text: 'I write the file.' });
export const runShell = (command: string): ModelTurn => ({ kind: 'tool', name: 'Bash', input: { command, description: 'Runs a command' }, text: 'I run a command.' });
export const refuse = (status: number, retryAfterSeconds?: number): Extract<ModelTurn, { kind: 'refuse' }> => ({
  kind: 'refuse',
  status,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});
