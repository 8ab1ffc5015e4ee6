import path from 'node:path';
import type { RunFiles, RunFolder } from '../../ports/run-files.js';
import { makeFolder, writeAtomically } from './atomic-file.js';
import { EVENT_LOG_LIMITS, openEventLog, type EventLogLimits } from './event-log.js';
import { EvidenceFolder } from './evidence.js';
import { withFileErrors } from './file-errors.js';
import { fileInFolder, parseRunName } from './names.js';
import { makeProgramFolder } from './program-folder.js';
import { readEventPage, type LogPosition } from './read-events.js';

export interface RunFilesOptions {
  /** `.ai/runs`: one folder a run, and `evidence/`. */
  readonly runsFolder: string;
  /** `.ai/run`: what lives only as long as this machine runs. */
  readonly runtimeFolder: string;
  readonly eventLogLimits?: EventLogLimits | undefined;
}

/** Followers of one log each; more than this at once only costs reading from the start again. */
const MAX_REMEMBERED = 64;
const START: LogPosition = { seq: 0, offset: 0 };

/** Files of runs. Folders are 0700 and files 0600: transcripts hold whatever the agent saw. */
export function createRunFiles(options: RunFilesOptions): RunFiles {
  const evidence = new EvidenceFolder(path.join(options.runsFolder, 'evidence'));
  const positions = new Map<string, LogPosition>();
  const folderOf = (runId: string): RunFolder => runFolder(options.runsFolder, runId);
  return {
    folder: async (runId) => {
      const folder = folderOf(runId);
      await withFileErrors(folder.path, () => makeFolder(folder.path));
      return folder;
    },
    writeFile: async (runId, name, content) => {
      const file = fileInFolder(folderOf(runId).path, name);
      await withFileErrors(file, () => writeAtomically(file, content));
      return file;
    },
    openEvents: async (runId) => {
      const { path: folder, eventsFile } = folderOf(runId);
      return withFileErrors(eventsFile, async () => {
        await makeFolder(folder);
        return openEventLog(eventsFile, options.eventLogLimits ?? EVENT_LOG_LIMITS);
      });
    },
    readEvents: async (runId, sinceSeq, limit) => {
      const remembered = positions.get(runId);
      const start = remembered !== undefined && remembered.seq <= sinceSeq ? remembered : START;
      const page = await readEventPage(folderOf(runId).eventsFile, start, { sinceSeq, limit });
      remember(positions, runId, page.position);
      return page.events;
    },
    storeEvidence: async (kind, source) => {
      const stored = await withFileErrors(options.runsFolder, () => ('file' in source ? evidence.storeFile(source.file) : evidence.storeText(source.text)));
      return { kind, ...stored };
    },
    checkEvidence: (item) => evidence.check(item),
    readEvidence: (sha256) => evidence.read(sha256),
    programFolder: (argv) => withFileErrors(options.runtimeFolder, () => makeProgramFolder(path.join(options.runtimeFolder, 'bin'), argv)),
  };
}

function runFolder(runsFolder: string, runId: string): RunFolder {
  const folder = path.join(runsFolder, parseRunName(runId));
  return {
    path: folder,
    briefingFile: path.join(folder, 'briefing.md'),
    stdoutFile: path.join(folder, 'stdout.log'),
    stderrFile: path.join(folder, 'stderr.log'),
    eventsFile: path.join(folder, 'events.jsonl'),
  };
}

function remember(positions: Map<string, LogPosition>, runId: string, position: LogPosition): void {
  positions.delete(runId);
  positions.set(runId, position);
  for (const oldest of positions.keys()) {
    if (positions.size <= MAX_REMEMBERED) return;
    positions.delete(oldest);
  }
}
