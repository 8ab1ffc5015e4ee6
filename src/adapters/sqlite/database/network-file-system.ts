import { statfsSync } from 'node:fs';
import { platform } from 'node:os';
import { AiError } from '../../../domain/kernel/errors.js';

/**
 * File systems on which SQLite's locks or shared memory can't be relied on, by the magic number that
 * Linux reports (statfs(2)). Other systems number theirs differently and are not checked.
 */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x6a656a63, 'virtiofs'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
]);

/** The name of the network file system with this magic number, or null for any other. */
export function networkFileSystemName(type: number): string | null {
  return NETWORK_FILE_SYSTEMS.get(type >>> 0) ?? null;
}

/** Throws NETWORK_FILESYSTEM when the folder is on one. Asks about the folder, so that no descriptor on the database is ever opened. */
export function refuseNetworkFileSystem(folder: string): void {
  if (platform() !== 'linux') return;
  const name = networkFileSystemName(statfsSync(folder).type);
  if (name === null) return;
  throw new AiError({
    code: 'NETWORK_FILESYSTEM',
    message: `${folder} is on a network or user-space file system (${name}), where several processes can't share an SQLite database safely.`,
    hint: 'Keep the repository on a local disk. If you know that only this machine uses it and accept the risk of a damaged database: AI_ALLOW_NETWORK_FS=1',
    details: { folder, fileSystem: name },
  });
}
