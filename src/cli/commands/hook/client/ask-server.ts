import { connect } from 'node:net';
import { parseHookAnswer } from '../../../../domain/live/hook-protocol.js';
import type { LiveAnswer } from '../../../../domain/live/tool-call.js';
import { readBounded } from './read-bounded.js';

/** One line there, one line back. Rejects for anything else than an answer. */
export async function askServer(socketPath: string, line: string, maxAnswerBytes: number): Promise<LiveAnswer> {
  const socket = connect(socketPath);
  socket.write(line);
  const answer = parseHookAnswer(await readBounded(socket, { maxBytes: maxAnswerBytes, what: 'the answer' }));
  if (answer === undefined) throw new Error('the run that it belongs to ended before it answered');
  return answer;
}
