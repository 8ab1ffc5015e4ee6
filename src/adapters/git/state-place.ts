import path from 'node:path';

/** Where our own git state of one workspace lies, outside of the workspace. */
export interface StatePlace {
  readonly folder: string;
  readonly indexFile: string;
  readonly excludeFile: string;
  readonly factsFile: string;
}

/** Written last: that it exists means that the workspace is complete. */
export interface StateFacts {
  readonly base: string;
  /** Commit that was checked out, or the tree in place. */
  readonly start: string;
}

export function statePlace(aiFolder: string, name: string): StatePlace {
  return statePlaceAt(path.join(aiFolder, 'run', 'snapshots', name));
}

export function statePlaceAt(folder: string): StatePlace {
  return { folder, indexFile: path.join(folder, 'index'), excludeFile: path.join(folder, 'excluded'), factsFile: path.join(folder, 'workspace.json') };
}
