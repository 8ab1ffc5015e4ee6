// The program that a client's hook runs before each tool call: dist/hook.cjs SOCKET CLIENT EVENT. It loads nothing but
// what carries one line to the supervising process and one line back, because every tool call waits for it.
import { HOOK_WATCHDOG_MS, MAX_ANSWER_BYTES, MAX_REQUEST_BYTES } from '../../../../domain/live/hook-protocol.js';
import type { LiveAnswer } from '../../../../domain/live/tool-call.js';
import { askServer } from './ask-server.js';
import { readBounded } from './read-bounded.js';
import { denial } from './denial.js';

/** What blocks a call in every version of the client that was measured. Anything but this and 0 lets the call pass. */
const BLOCKED = 2;

function leave(answer: LiveAnswer): never {
  // Written before the process ends, whatever stderr is.
  if (answer.effect === 'deny') process.getBuiltinModule('node:fs').writeSync(process.stderr.fd, `${answer.reason ?? ''}\n`);
  process.exit(answer.effect === 'allow' ? 0 : BLOCKED);
}

function fail(error: unknown): never {
  try {
    leave(denial(error));
  } catch {
    process.exit(BLOCKED);
  }
}

async function main([socket, client, event]: readonly (string | undefined)[]): Promise<LiveAnswer> {
  if (socket === undefined || client === undefined || event === undefined) throw new Error('it was started without a socket, a client and an event');
  const payload = JSON.parse(await readBounded(process.stdin, { maxBytes: MAX_REQUEST_BYTES, what: 'its input' })) as unknown;
  const line = `${JSON.stringify({ client, event, payload })}\n`;
  if (Buffer.byteLength(line) > MAX_REQUEST_BYTES) throw new Error(`its input has more than ${MAX_REQUEST_BYTES} bytes`);
  return askServer(socket, line, MAX_ANSWER_BYTES);
}

// Until there is an answer, every way out of here blocks.
process.exitCode = BLOCKED;
process.on('uncaughtException', fail);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => fail(new Error(`it was ended by ${signal}`)));
setTimeout(() => fail(new Error(`there was no answer within ${HOOK_WATCHDOG_MS / 1_000} s`)), HOOK_WATCHDOG_MS);
main(process.argv.slice(2)).then(leave, fail);
