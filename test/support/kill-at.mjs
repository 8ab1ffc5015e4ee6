// Preloaded with `node --import` into a real `ai`: listens to the trace channel, and either records the steps
// (TEST_TRACE_FILE) or kills the process with SIGKILL at one of them (TEST_KILL_AT="step" or "step#2").
import { appendFileSync } from 'node:fs';
import { subscribe } from 'node:diagnostics_channel';

const { TEST_TRACE_FILE: traceFile, TEST_KILL_AT: killAt = '' } = process.env;
const [wanted, occurrence = '1'] = killAt.split('#');
let seen = 0;

subscribe('ai:step', ({ step }) => {
  if (traceFile) appendFileSync(traceFile, `${step}\n`);
  if (step !== wanted) return;
  seen += 1;
  if (seen === Number(occurrence)) process.kill(process.pid, 'SIGKILL');
});
