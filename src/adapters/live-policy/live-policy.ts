import { HOOK_TIMEOUT_SECONDS } from '../../domain/live/hook-protocol.js';
import type { LivePolicy } from '../../ports/live-policy.js';
import { findRealPath } from './real-path.js';
import { makeSocketFolder } from './socket-folder.js';
import { SocketServer } from './socket-server.js';

export interface LivePolicyOptions {
  /** How the program of hooks is started; the socket follows. */
  readonly hookProgram: readonly string[];
  /** Folders in which a socket may lie, the best first. */
  readonly places: readonly string[];
}

/** Decisions for hooks over a Unix socket in a folder of its own. */
export function createLivePolicy({ hookProgram, places }: LivePolicyOptions): LivePolicy {
  return {
    realPath: findRealPath,
    async listen(order) {
      const folder = await makeSocketFolder(places);
      const server = new SocketServer(order);
      try {
        await server.listen(folder.socket);
      } catch (error) {
        await folder.remove();
        throw error;
      }
      return {
        hookArgv: [...hookProgram, folder.socket],
        timeoutSeconds: HOOK_TIMEOUT_SECONDS,
        async close() {
          await server.close();
          await folder.remove().catch(() => undefined);
        },
      };
    },
  };
}
