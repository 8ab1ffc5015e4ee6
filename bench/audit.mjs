// The audit log: what appending one event costs inside a transaction, with few and with many events there already, and how fast
// the chain is verified.
//   node bench/audit.mjs [events]
import path from 'node:path';
import { print, storeOptions, withFolder } from './support/measure.mjs';
import { bundleStore } from './support/store-bundle.mjs';

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const BATCH = 1_000;
const { file: bundle, dispose } = await bundleStore(`
  export { openDatabase } from './src/adapters/sqlite/database/open-database.ts';
  export { Connection } from './src/adapters/sqlite/database/connection.ts';
  export { Redactor } from './src/domain/redaction/redact.ts';
  export { verifyChain } from './src/adapters/sqlite/events/verify-chain.ts';
`);
const { openDatabase, Connection, Redactor, verifyChain } = await import(bundle);
const redactor = new Redactor({ secrets: ['not-so-secret-value'] });

const data = (index) => ({ holder: 'agent:coder', ttlMs: 60_000, attempt: 1, locks: [{ pattern: `src/module-${index}/**`, mode: 'exclusive' }], note: 'A line of text as long as the usual one, so that the event has about five hundred bytes in all with its keys.', decision: { code: 'rule-allow', effect: 'allow', point: 'task.claim' } });

try {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'state.db');
    const database = openDatabase({ file, create: true, allowNetworkFileSystem: false, nowMs: Date.now() });
    const connection = new Connection({ ...storeOptions(file), database, lockReservationAfterMs: 60_000, redact: (data) => redactor.redact(data).value });
    let index = 0;
    const append = async (count) => {
      const began = performance.now();
      const cpu = process.cpuUsage();
      for (let done = 0; done < count; done += BATCH) {
        const events = Array.from({ length: BATCH }, () => ({ type: 'task.claimed', task: `t-${(index % 1000).toString(32).padStart(6, '0')}`, run: null, token: (index += 1), data: data(index) }));
        await connection.write('bench', (transaction) => events.forEach((event) => transaction.append(event)));
      }
      const { user, system } = process.cpuUsage(cpu);
      return { wallUs: Math.round(((performance.now() - began) * 1000) / count), cpuUs: Math.round((user + system) / count) };
    };
    await append(10_000);
    print('append, few events there', { ...(await append(20_000)), goalUs: 50 });
    await append(Math.max(0, EVENTS - 30_000));
    print(`append, ${index.toLocaleString('en')} events there`, { ...(await append(20_000)), goalUs: 50 });
    const began = performance.now();
    const cpu = process.cpuUsage();
    const verdict = await verifyChain(connection);
    const { user, system } = process.cpuUsage(cpu);
    if (!verdict.ok) throw new Error(verdict.problem);
    print(`verify ${verdict.events.toLocaleString('en')} events`, { perSecond: Math.round(verdict.events / ((performance.now() - began) / 1000)), perCpuSecond: Math.round(verdict.events / ((user + system) / 1e6)), goal: 50_000 });
    database.close();
  });
} finally {
  await dispose();
}
