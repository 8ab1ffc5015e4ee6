import type { Host } from '../../host.js';
import type { Answer } from '../../io.js';
import type { ShellContext } from '../../shell.js';

export async function runVersion({ host }: ShellContext): Promise<Answer> {
  const data = versionFacts(host);
  return { kind: 'version', data, text: () => `ai ${data.version} (Node ${data.node}, ${data.platform} ${data.arch})` };
}

/** Also what `ai --version --json` answers. */
export function versionFacts(host: Pick<Host, 'version'>): { readonly version: string; readonly node: string; readonly platform: string; readonly arch: string } {
  return { version: host.version, node: process.versions.node, platform: process.platform, arch: process.arch };
}
