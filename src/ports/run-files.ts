import type { AgentEvent } from '../domain/run/agent-event.js';
import type { EvidenceItem } from '../domain/run/run.js';

export interface LoggedEvent {
  readonly seq: number;
  readonly atMs: number;
  readonly event: AgentEvent;
}

export interface RunFolder {
  readonly path: string;
  readonly briefingFile: string;
  readonly stdoutFile: string;
  readonly stderrFile: string;
  readonly eventsFile: string;
}

/** Appends normalised events to the run's log, one JSON document a line; bounded on disk, and says what it left out. */
export interface EventWriter {
  write(atMs: number, event: AgentEvent): void;
  /** Resolves when what was written so far is on disk, so that a producer can wait. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Files of runs below `.ai/runs/`: briefing, raw output, events, and evidence by digest. */
export interface RunFiles {
  /** Creates `.ai/runs/<run>` (private to the user) when it is not there. */
  folder(runId: string): Promise<RunFolder>;
  writeFile(runId: string, name: string, content: string): Promise<string>;
  openEvents(runId: string): Promise<EventWriter>;
  /** Events after `sinceSeq`, at most `limit`; understands a file that is being written. */
  readEvents(runId: string, sinceSeq: number, limit: number): Promise<readonly LoggedEvent[]>;
  /** Stores a file (linked, or copied where links can't be made; the original stays) or text by its SHA-256 under `.ai/runs/evidence/`. */
  storeEvidence(kind: EvidenceItem['kind'], source: { readonly file: string } | { readonly text: string }): Promise<EvidenceItem>;
  /** A folder that holds a program named `ai` which runs `argv`; put first on an agent's PATH, so that it reaches this very `ai`. */
  programFolder(argv: readonly string[]): Promise<string>;
  /** Recomputes the digest, streaming. */
  checkEvidence(item: EvidenceItem): Promise<'ok' | 'missing' | 'altered'>;
  /** The whole content, whatever its state; undefined when it is missing. */
  readEvidence(sha256: string): Promise<Uint8Array | undefined>;
}
