/** One call of a tool, before it is made, in the words of the client. */
export interface ToolCall {
  /** Names the call in the client's stream of events; null when the client gave none. */
  readonly id: string | null;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Absolute; what relative paths of the call begin at. */
  readonly cwd: string;
}

/** What a client is told: it goes on, or it does not and why. */
export interface LiveAnswer {
  readonly effect: 'allow' | 'deny';
  /** Two or three sentences for the agent; null with an allow. */
  readonly reason: string | null;
}

export type LiveEffect = LiveAnswer['effect'];

export const ALLOW: LiveAnswer = { effect: 'allow', reason: null };
export const deny = (reason: string): LiveAnswer => ({ effect: 'deny', reason });
