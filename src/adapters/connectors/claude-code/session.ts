import { join, relative } from 'node:path';

/** A tool call whose result is still to come. */
export interface OpenCall {
  readonly name: string;
  /** The file it is about, for the tools that write one. */
  readonly path: string | null;
  denied: boolean;
}

/** What a run has used; the cost in US dollars. */
export interface Totals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export const NO_USAGE: Totals = { inputTokens: 0, outputTokens: 0, costUsd: 0 };

/** Most open calls that are remembered; a client has a handful. */
const MAX_OPEN_CALLS = 1_000;
/** Most streamed messages that are remembered, to tell a repeated block from a new one. */
const MAX_STREAMED_MESSAGES = 32;
const MAX_DENIED_NAMES = 20;

/** Tools that change nothing: a run that could only use these has done nothing. */
const READ_ONLY_TOOLS: ReadonlySet<string> = new Set(['Read', 'Glob', 'Grep', 'LS', 'Skill', 'ToolSearch', 'TodoWrite', 'WebFetch', 'WebSearch']);

/** What the frames of one run have to know of each other. Bounded, whatever the client writes. */
export class Session {
  started: { readonly sessionRef: string | null; readonly model: string | null } | null = null;
  workingDirectory: string | null = null;
  /** The client's word for the last API error, until the result frame repeats the failure without it. */
  errorCode: string | null = null;
  hasResult = false;
  /**
   * Of this run alone. 2.1.329 carries `modelUsage` on through a resumed session and says beside it what
   * is new since its last result; 2.1.197 begins at zero and says nothing beside it.
   */
  usage: Totals = NO_USAGE;
  /** The message that is being streamed piece by piece. */
  streaming: string | null = null;
  readonly deniedNames = new Set<string>();
  private changed = false;
  private readonly calls = new Map<string, OpenCall>();
  private readonly streamed = new Set<string>();

  openCall(id: string, call: OpenCall): void {
    this.calls.set(id, call);
    dropOldest(this.calls, MAX_OPEN_CALLS);
  }

  markDenied(id: string): void {
    const call = this.calls.get(id);
    if (call !== undefined) call.denied = true;
  }

  closeCall(id: string): OpenCall | null {
    const call = this.calls.get(id) ?? null;
    this.calls.delete(id);
    return call;
  }

  /** Remembers whether anything that changes the world was allowed to run. */
  countCall(name: string, denied: boolean): void {
    if (READ_ONLY_TOOLS.has(name)) return;
    if (!denied) this.changed = true;
    else if (this.deniedNames.size < MAX_DENIED_NAMES) this.deniedNames.add(name);
  }

  /** Something was refused, and nothing that changes anything was not. */
  get everythingRefused(): boolean {
    return this.deniedNames.size > 0 && !this.changed;
  }

  markStreamed(kind: 'text' | 'thought'): void {
    if (this.streaming === null) return;
    this.streamed.add(`${kind} ${this.streaming}`);
    dropOldest(this.streamed, MAX_STREAMED_MESSAGES);
  }

  wasStreamed(kind: 'text' | 'thought', messageId: string | null): boolean {
    return messageId !== null && this.streamed.has(`${kind} ${messageId}`);
  }

  /** A path as the workspace sees it; unchanged when it lies outside. */
  relativePath(path: string): string {
    if (this.workingDirectory === null) return path;
    const inside = relative(this.workingDirectory, join(path));
    return inside === '' || inside.startsWith('..') || !path.startsWith('/') ? path : inside;
  }
}

function dropOldest(collection: Map<string, unknown> | Set<string>, max: number): void {
  if (collection.size <= max) return;
  const oldest = collection.keys().next();
  if (oldest.done !== true) collection.delete(oldest.value);
}
