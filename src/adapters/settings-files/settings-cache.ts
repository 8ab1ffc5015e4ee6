import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SettingsLayer } from './layer.js';

/** Layers that were checked before, by the key of their text. Parsing and checking cost more than the rest of a command. */
export interface SettingsCache {
  find(key: string): SettingsLayer | undefined;
  /** Replaces everything. A cache that can't be written is no reason to fail. */
  save(layers: Readonly<Record<string, SettingsLayer>>): void;
}

/** `version` is of the program: another one may read the same text otherwise. */
export function openSettingsCache(file: string, version: string): SettingsCache {
  const known = readCache(file, version);
  return {
    find: (key) => known[key],
    save: (layers) => {
      writeCache(file, JSON.stringify({ version, layers }));
    },
  };
}

function readCache(file: string, version: string): Readonly<Record<string, SettingsLayer>> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null || !('version' in content) || content.version !== version || !('layers' in content)) return {};
    // Written by us from checked layers, under a key that binds it to text and version.
    return content.layers as Readonly<Record<string, SettingsLayer>>;
  } catch {
    // Absent or half-written: the file is read and checked again.
    return {};
  }
}

function writeCache(file: string, content: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // Only `ai init` makes `.ai/` itself: looking at a folder must not turn it into a control plane.
    const folder = path.dirname(file);
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
    writeFileSync(temporary, content, { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // A read-only folder or a full disk: the next command checks the file again, which is only slower.
    rmSync(temporary, { force: true });
  }
}
