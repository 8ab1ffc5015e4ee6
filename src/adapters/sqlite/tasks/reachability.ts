import type { Query, SqlReader } from '../database/statements.js';

interface EdgeRow {
  readonly task: number;
  readonly dependency: number;
}

type NumsJson = [nums: string];

const edgesDown: Query<NumsJson, EdgeRow> = { sql: 'SELECT task, dependency FROM dependency WHERE task IN (SELECT value FROM json_each(?))' };
const edgesUp: Query<NumsJson, EdgeRow> = { sql: 'SELECT task, dependency FROM dependency WHERE dependency IN (SELECT value FROM json_each(?))' };

/** One side of the search: what was reached, from where, and what comes next. */
class Side {
  readonly cameFrom = new Map<number, number | null>();
  frontier: readonly number[];
  readonly #sql: SqlReader;
  readonly #direction: 'down' | 'up';

  constructor(sql: SqlReader, direction: 'down' | 'up', starts: readonly number[]) {
    this.#sql = sql;
    this.#direction = direction;
    this.frontier = starts;
    for (const start of starts) this.cameFrom.set(start, null);
  }

  /** Goes one step further. Answers a node that the other side has reached too, if there is one now. */
  advance(other: Side): number | undefined {
    const rows = this.#sql.all(this.#direction === 'down' ? edgesDown : edgesUp, JSON.stringify(this.frontier));
    const next: number[] = [];
    for (const row of rows) {
      const [from, to] = this.#direction === 'down' ? [row.task, row.dependency] : [row.dependency, row.task];
      if (this.cameFrom.has(to)) continue;
      this.cameFrom.set(to, from);
      if (other.cameFrom.has(to)) return to;
      next.push(to);
    }
    this.frontier = next;
    return undefined;
  }

  /** From where this side started to the node. */
  pathTo(node: number): number[] {
    const path: number[] = [];
    for (let at: number | null = node; at !== null; at = this.cameFrom.get(at) ?? null) path.push(at);
    return path.reverse();
  }
}

/**
 * A path along "depends on" from one of the starts to the target, both included, or null. Searches from both
 * ends and always advances the smaller side, so that a target that nothing depends on costs one lookup.
 */
export function findDependencyPath(sql: SqlReader, starts: readonly number[], target: number): number[] | null {
  if (starts.includes(target)) return [target];
  const down = new Side(sql, 'down', starts);
  const up = new Side(sql, 'up', [target]);
  while (down.frontier.length > 0 && up.frontier.length > 0) {
    const meeting = down.frontier.length < up.frontier.length ? down.advance(up) : up.advance(down);
    if (meeting !== undefined) return [...down.pathTo(meeting), ...up.pathTo(meeting).reverse().slice(1)];
  }
  return null;
}
