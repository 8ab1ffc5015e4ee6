import { satisfiesDependents, type TaskStatus } from '../../../../src/domain/task/task.js';

/** What the board should be, in the simplest form that can be checked by eye. */
export interface ModelTask {
  readonly name: string;
  readonly num: number;
  priority: number;
  status: TaskStatus;
  reason: string | null;
  requires: readonly string[];
  dependsOn: string[];
  pattern: Pattern | null;
  notBeforeMs: number | null;
  failures: number;
  lost: number;
  token: number | null;
  deadlineMs: number;
}

/** Paths that stand for all others, and the patterns over them. */
const COVERED = {
  '**': ['a/x', 'a/y.ts', 'a/b/z', 'b/q'],
  'a/**': ['a/x', 'a/y.ts', 'a/b/z'],
  'a/x': ['a/x'],
  'a/*.ts': ['a/y.ts'],
  'b/**': ['b/q'],
} as const;
export type Pattern = keyof typeof COVERED;
export const PATTERNS = Object.keys(COVERED) as Pattern[];

const overlap = (a: Pattern | null, b: Pattern | null): boolean => a !== null && b !== null && COVERED[a].some((path) => (COVERED[b] as readonly string[]).includes(path));

export class Model {
  readonly tasks = new Map<string, ModelTask>();
  /** Every token that was ever granted, in order. */
  readonly tokens: number[] = [];
  nowMs = 0;
  #created = 0;

  get all(): ModelTask[] {
    return [...this.tasks.values()];
  }

  nextNum(): number {
    this.#created += 1;
    return this.#created;
  }

  open(task: ModelTask): string[] {
    return task.dependsOn.filter((name) => !satisfiesDependents(this.tasks.get(name)!.status));
  }

  held(): ModelTask[] {
    return this.all.filter((task) => task.token !== null);
  }

  isLocked(task: ModelTask): boolean {
    return this.held().some((other) => other !== task && overlap(other.pattern, task.pattern));
  }

  claimable(task: ModelTask, capabilities: readonly string[]): boolean {
    return task.status === 'queued' && (task.notBeforeMs ?? 0) <= this.nowMs && task.requires.every((one) => capabilities.includes(one)) && !this.isLocked(task);
  }

  next(capabilities: readonly string[]): ModelTask | undefined {
    return this.all.filter((task) => this.claimable(task, capabilities)).sort((a, b) => a.priority - b.priority || a.num - b.num)[0];
  }

  /** Queued and blocked follow the dependencies wherever nobody decided otherwise. */
  settle(): void {
    for (const task of this.all) {
      if (task.status === 'queued' && this.open(task).length > 0) task.status = 'blocked';
      else if (task.status === 'blocked' && task.reason === null && this.open(task).length === 0) task.status = 'queued';
    }
  }

  dependents(name: string): ModelTask[] {
    return this.all.filter((task) => task.dependsOn.includes(name));
  }

  reaches(from: string, target: string): boolean {
    return from === target || this.tasks.get(from)!.dependsOn.some((name) => this.reaches(name, target));
  }
}
