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
  /** Stores a file (moved) or text by its SHA-256 under `.ai/runs/evidence/`. */
  storeEvidence(kind: EvidenceItem['kind'], source: { readonly file: string } | { readonly text: string }): Promise<EvidenceItem>;
  readEvidence(sha256: string): Promise<Uint8Array | undefined>;
}
