import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Host } from './host.js';
import type { Failure } from './failure.js';
import { redactText, redactWords } from './redact.js';

const MAX_CAUSES = 8;
const MAX_REPORT_CHARACTERS = 64 * 1024;

/** Writes what a maintainer needs, readable by the user alone and without secrets. Answers the path; null when no folder takes it. */
export function writeBugReport(host: Host, failure: Failure): string | null {
  const text = redactText(describe(host, failure), host.environment);
  const name = `ai-bug-${new Date(host.nowMs()).toISOString().replaceAll(':', '-')}-${randomBytes(3).toString('hex')}.txt`;
  for (const folder of [host.reportFolder(), tmpdir()]) {
    const file = path.join(folder, name);
    try {
      if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
      writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
      return file;
    } catch {
      // A full or read-only folder must not hide the bug that is being reported; the next folder is tried.
    }
  }
  return null;
}

function describe(host: Host, { error, argv }: Failure): string {
  const facts = [
    `ai ${host.version}`,
    `node ${process.version}`,
    `platform ${process.platform} ${process.arch}`,
    `time ${new Date(host.nowMs()).toISOString()}`,
    `command ${JSON.stringify(redactWords(argv))}`,
  ];
  return `${[...facts, '', ...causes(error)].join('\n').slice(0, MAX_REPORT_CHARACTERS)}\n`;
}

function causes(error: unknown): string[] {
  const lines: string[] = [];
  for (let current = error, depth = 0; current !== undefined && depth < MAX_CAUSES; depth += 1) {
    const text = current instanceof Error ? (current.stack ?? current.message) : `thrown: ${typeof current} ${JSON.stringify(current)}`;
    lines.push(depth === 0 ? text : `caused by: ${text}`);
    current = current instanceof Error ? current.cause : undefined;
  }
  return lines;
}
