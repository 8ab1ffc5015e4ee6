import { readFileSync } from 'node:fs';
import { AiError } from '../../domain/kernel/errors.js';
import { parseAgentId } from '../../domain/kernel/ids.js';
import { DEFAULT_SETTINGS, type Settings } from '../../domain/settings/settings.js';
import { mergeLayers, type SettingsLayer } from './layer.js';
import { openSettingsCache } from './settings-cache.js';

export interface SettingsSources {
  /** From the weakest to the strongest: the user's own file, then the repository's. */
  readonly files: readonly string[];
  readonly cacheFile: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sha256: (text: string) => string;
}

const MAX_BYTES = 1024 * 1024;

/**
 * The settings in force: defaults, then each file, then the environment. Throws INVALID_SETTINGS.
 * The YAML parser and the schema are loaded only for text that was not checked before.
 */
export async function loadSettings(sources: SettingsSources): Promise<Settings> {
  const texts = sources.files.map((file) => ({ file, text: readText(file) })).filter(({ text }) => hasContent(text));
  const layers = texts.length === 0 ? [] : await checkedLayers(sources, texts);
  return mergeLayers(DEFAULT_SETTINGS, [...layers, environmentLayer(sources.environment)]);
}

async function checkedLayers(sources: SettingsSources, texts: readonly { readonly file: string; readonly text: string }[]): Promise<SettingsLayer[]> {
  const cache = openSettingsCache(sources.cacheFile, sources.version);
  const layers: Record<string, SettingsLayer> = {};
  let missed = false;
  for (const { file, text } of texts) {
    const key = sources.sha256(text);
    const known = cache.find(key);
    missed ||= known === undefined;
    layers[key] = known ?? (await import('./parse-settings.js')).parseSettings(text, file);
  }
  if (missed) cache.save(layers);
  return texts.map(({ text }) => layers[sources.sha256(text)] ?? {});
}

/** Empty when there is no such file. */
function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > MAX_BYTES) throw new AiError({ code: 'INVALID_SETTINGS', message: `${file} is larger than ${MAX_BYTES} bytes; settings are not.`, hint: `Look what is in ${file}.` });
    return text.replace(/^\ufeff/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    if (code === 'EACCES' || code === 'EISDIR' || code === 'EPERM') throw new AiError({ code: 'INVALID_SETTINGS', message: `${file} can't be read (${code}).`, hint: `Make ${file} a file that you may read, or remove it.`, cause: error });
    throw error;
  }
}

/** False for nothing but blank lines and comments, which is what `ai init` writes. */
function hasContent(text: string): boolean {
  return text.split('\n').some((line) => !/^\s*(#.*)?$/.test(line) && line.trimEnd() !== '---');
}

function environmentLayer(environment: Readonly<Record<string, string | undefined>>): SettingsLayer {
  const agent = environment['AI_AGENT'];
  return agent === undefined || agent === '' ? {} : { execution: { agent: parseAgentId(agent) } };
}
