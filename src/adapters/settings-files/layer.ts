import type { Settings } from '../../domain/settings/settings.js';

/** What one file or the environment sets; absent keys stay as the layer below has them. */
export type SettingsLayer = { readonly [Section in keyof Settings]?: Partial<Settings[Section]> | undefined };

/** Later layers win, key by key; lists are replaced as a whole. */
export function mergeLayers(base: Settings, layers: readonly SettingsLayer[]): Settings {
  return layers.reduce<Settings>(
    (below, layer) => ({
      task: { ...below.task, ...layer.task },
      lease: { ...below.lease, ...layer.lease },
      execution: { ...below.execution, ...layer.execution },
    }),
    base,
  );
}
