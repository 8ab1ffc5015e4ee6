import type { AgentSpec } from '../domain/agent/agent.js';
import type { AgentEvent } from '../domain/run/agent-event.js';
import type { ErrorClass } from '../domain/run/error-class.js';
import type { ProcessExit } from './processes.js';

/** What a client of this version can do. Degrade by capability, never by name. */
export interface ConnectorCapabilities {
  readonly streaming: boolean;
  readonly resume: boolean;
  readonly livePolicy: 'none' | 'hooks' | 'callback';
  readonly cost: boolean;
  readonly structuredOutput: boolean;
  readonly skills: boolean;
  readonly mcp: boolean;
  readonly budget: boolean;
}

export interface Detection {
  readonly installed: boolean;
  readonly path: string | null;
  readonly version: string | null;
  /** null when it can't be told without spending a token. */
  readonly loggedIn: boolean | null;
  readonly capabilities: ConnectorCapabilities;
  /** One sentence for people when the client can't be used, with the fix. */
  readonly problem: string | null;
}

/** How the client's hooks reach whoever decides about tool calls. */
export interface LivePolicyHook {
  /** Words of a program; the connector adds the client and the event, and quotes them for the shell. */
  readonly hookArgv: readonly string[];
  /** How long the client is to wait for it. */
  readonly timeoutSeconds: number;
}

export interface RunOrder {
  readonly agent: AgentSpec;
  readonly workspace: string;
  /** Markdown; also at `briefingFile`. */
  readonly briefing: string;
  readonly briefingFile: string;
  /** A folder of the run's own, for settings files of the client. */
  readonly runFolder: string;
  readonly detection: Detection;
  readonly budgetUsd: string | null;
  readonly sessionRef: string | null;
  /** Variables of the parent environment that the agent's registration names, or that the connector declares. */
  readonly env: Readonly<Record<string, string>>;
  /** Asked before every tool call; null or absent when nobody decides while the agent works. */
  readonly livePolicy?: LivePolicyHook | null;
}

/** Everything needed to start the client. Pure data: `--dry-run` prints it. */
export interface Launch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

/** Incremental, never throws on unknown input: that becomes a `raw` event. */
export interface OutputParser {
  push(stream: 'stdout' | 'stderr', chunk: Uint8Array): readonly AgentEvent[];
  /** What is left in buffers at the end of the output. */
  end(): readonly AgentEvent[];
}

export interface Classification {
  /** null when the client says that it is done. */
  readonly errorClass: ErrorClass | null;
  readonly message: string | null;
  readonly retryAfterMs: number | null;
}

export interface RunFacts {
  readonly exit: ProcessExit;
  /** The last 64 KiB of stderr as text. */
  readonly stderrTail: string;
  /** The last events, oldest first, always with the terminal `result` when there was one. */
  readonly lastEvents: readonly AgentEvent[];
}

/** How `ai` speaks to one kind of agent CLI. A connector is one folder. */
export interface Connector {
  readonly kind: string;
  /** One line for `ai agent register --help` and `ai agent detect`. */
  readonly summary: string;
  /** Names of parent variables that this client needs (keys, endpoints); passed on when set. */
  readonly environmentNames: readonly string[];
  /** Spends no token and does not reach the network. */
  detect(agent: AgentSpec | null): Promise<Detection>;
  /** Throws INVALID_INPUT when the registration can't work (for example no argument vector). */
  plan(order: RunOrder): Launch;
  parser(): OutputParser;
  /** Pure. Order: typed terminal event, HTTP status in the stream, known prose, exit code. */
  classify(facts: RunFacts): Classification;
}

export interface Connectors {
  list(): readonly Connector[];
  /** Throws INVALID_INPUT naming the known kinds. */
  get(kind: string): Connector;
}
