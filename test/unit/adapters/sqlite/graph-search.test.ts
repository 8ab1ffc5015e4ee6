import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCycle } from '../../../../src/adapters/sqlite/tasks/find-cycle.js';
import { findDependencyPath } from '../../../../src/adapters/sqlite/tasks/reachability.js';
import { Statements } from '../../../../src/adapters/sqlite/database/statements.js';

const NODES = 8;
const graphs = fc.array(fc.tuple(fc.integer({ min: 1, max: NODES }), fc.integer({ min: 1, max: NODES })), { maxLength: 16 });
type Edge = readonly [number, number];

const edgesOf = (edges: readonly Edge[]) => (node: number): number[] => edges.filter(([from]) => from === node).map(([, to]) => to);

/** Everything that can be reached from a node by one step or more. */
function closure(edges: readonly Edge[], start: number): Set<number> {
  const seen = new Set<number>();
  for (let todo = edgesOf(edges)(start); todo.length > 0; ) {
    const next = todo.pop()!;
    if (seen.has(next)) continue;
    seen.add(next);
    todo = [...todo, ...edgesOf(edges)(next)];
  }
  return seen;
}

const isWalk = (edges: readonly Edge[], path: readonly number[]): boolean => path.slice(1).every((to, index) => edges.some(([a, b]) => a === path[index] && b === to));

test('a cycle is found exactly when some node reaches itself, and is one', () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const nodes = Array.from({ length: NODES }, (_, index) => index + 1);
      const cycle = findCycle(nodes, edgesOf(edges));
      expect(cycle !== null).toBe(nodes.some((node) => closure(edges, node).has(node)));
      if (cycle === null) return;
      expect(cycle[0]).toBe(cycle.at(-1));
      expect(new Set(cycle).size).toBe(cycle.length - 1);
      expect(isWalk(edges, cycle)).toBe(true);
    }),
  );
});

test('a chain of any length is walked without running out of stack', () => {
  const length = 200_000;
  expect(findCycle([0], (node) => (node < length ? [node + 1] : []))).toBeNull();
  expect(findCycle([0], (node) => [(node + 1) % length])).toHaveLength(length + 1);
});

test('a path is found exactly when the target can be reached, and leads there', () => {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE dependency(task INTEGER, dependency INTEGER, PRIMARY KEY (task, dependency)); CREATE INDEX reverse ON dependency(dependency)');
  const sql = new Statements(database);
  fc.assert(
    fc.property(graphs, fc.uniqueArray(fc.integer({ min: 1, max: NODES }), { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: NODES }), (edges, starts, target) => {
      database.exec('DELETE FROM dependency');
      for (const edge of edges) database.prepare('INSERT OR IGNORE INTO dependency VALUES (?, ?)').run(...edge);
      const path = findDependencyPath(sql, starts, target);
      expect(path !== null).toBe(starts.some((start) => start === target || closure(edges, start).has(target)));
      if (path === null) return;
      expect(starts).toContain(path[0]);
      expect(path.at(-1)).toBe(target);
      expect(isWalk(edges, path)).toBe(true);
    }),
  );
  database.close();
});
