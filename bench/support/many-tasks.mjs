// Fills a database with tasks by raw SQL: creating a million through the store would take minutes.
import { Database } from './store-bundle.mjs';

export const taskId = (index) => `t-${index.toString(32).padStart(6, '0')}`;

/**
 * `lockEvery`: each n-th task declares a lock of its own. `edgesOf(index)`: numbers of earlier tasks that it
 * depends on. Counters are set as the store would have them.
 */
export function insertTasks(file, { tasks, minimum = tasks, from = 0, status = 'queued', edgesOf = () => [], lockEvery = 1 }) {
  const database = new Database(file);
  const now = Date.now();
  const insertTask = database.prepare('INSERT INTO task(id, status, priority, requires_any, open_dependencies, created_at, updated_at, finished_at) VALUES (?, ?, ?, 0, ?, ?, ?, ?)');
  const insertSpec = database.prepare("INSERT INTO task_spec(task, title, type, isolation, max_attempts, requires, skills, verify, description) VALUES (?, ?, 'task', 'worktree', 3, '[]', '[]', '[]', ?)");
  const insertLock = database.prepare("INSERT INTO task_lock(task, position, pattern, mode, prefix) VALUES (?, 0, ?, 'exclusive', ?)");
  const insertEdge = database.prepare('INSERT INTO dependency(task, dependency, position) VALUES (?, ?, ?)');
  const total = Math.max(tasks, minimum);
  database.transaction(() => {
    for (let index = 0; index < total; index += 1) {
      const edges = edgesOf(index);
      const finishedAt = status === 'done' ? now : null;
      const { lastInsertRowid: num } = insertTask.run(taskId(from + index), edges.length > 0 ? 'blocked' : status, 2, edges.length, now, now, finishedAt);
      insertSpec.run(num, `Task ${index}`, 'Do what the title says, and say what was done.');
      if (lockEvery > 0 && index % lockEvery === 0) insertLock.run(num, `src/module-${index}/**`, `src/module-${index}`);
      for (const [position, edge] of edges.entries()) insertEdge.run(num, Number(num) - index + edge, position);
    }
  })();
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}
