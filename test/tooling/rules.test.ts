import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// A rule that nobody has seen fire may be a rule that can't. One violation of each kind is planted here.
const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ai-rules-'));
  for (const file of ['package.json', 'tsconfig.json', 'eslint.config.js', '.dependency-cruiser.cjs']) cpSync(path.join(PROJECT, file), path.join(folder, file));
  symlinkSync(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plant(file: string, lines: readonly string[]): void {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `${lines.join('\n')}\n`);
}

function tool(name: string, args: readonly string[]): string {
  const result = spawnSync(process.execPath, [path.join(PROJECT, 'node_modules', name), ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return result.stdout;
}

describe('the import rules', () => {
  const plants: readonly (readonly [rule: string, file: string, lines: readonly string[]])[] = [
    ['no-cycles', 'src/domain/cycle-a.ts', ["import { b } from './cycle-b.js';", 'export const a = b;']],
    ['no-orphans', 'src/domain/alone.ts', ['export const alone = 1;']],
    ['domain-is-pure', 'src/domain/impure.ts', ["import { readFileSync } from 'node:fs';", 'export const impure = readFileSync;']],
    ['ports-speak-domain', 'src/ports/port.ts', ["import type { useCase } from '../app/use-case.js';", 'export type Port = typeof useCase;']],
    ['app-uses-ports', 'src/app/use-case.ts', ["export const useCase = () => import('node:child_process');"]],
    ['adapters-stay-at-the-edge', 'src/adapters/one/edge.ts', ["import { useCase } from '../../app/use-case.js';", 'export const edge = useCase;']],
    ['adapters-do-not-know-each-other', 'src/adapters/two/friend.ts', ["import { edge } from '../one/edge.js';", 'export const friend = edge;']],
    ['delivery-calls-app', 'src/cli/shortcut.ts', ["import type { Port } from '../ports/port.js';", 'export type Shortcut = Port;']],
    ['deliveries-are-siblings', 'src/tui/neighbour.ts', ["import type { Shortcut } from '../cli/shortcut.js';", 'export type Neighbour = Shortcut;']],
    ['composition-is-the-root', 'src/daemon/root.ts', ["import { host } from '../composition/host.js';", 'export const root = host;']],
    ['better-sqlite3-lives-in-one-place', 'src/adapters/two/database.ts', ["import Database from 'better-sqlite3';", 'export const database = Database;']],
    ['commander-lives-in-one-place', 'src/app/words.ts', ["import { Command } from 'commander';", 'export const words = Command;']],
    ['yaml-lives-in-one-place', 'src/cli/yaml.ts', ["export const yaml = () => import('yaml');"]],
    ['zod-lives-in-one-place', 'src/domain/shape.ts', ["import * as z from 'zod';", 'export const shape = z.string();']],
    ['no-dev-deps-in-src', 'src/composition/host.ts', ["import fc from 'fast-check';", 'export const host = fc;']],
    ['not-resolvable', 'src/composition/nowhere.ts', ["import { nothing } from './does-not-exist.js';", 'export const nowhere = nothing;']],
  ];

  it('each fires on its planted violation', () => {
    for (const [, file, lines] of plants) plant(file, lines);
    plant('src/domain/cycle-b.ts', ["import { a } from './cycle-a.js';", 'export const b: number = a;']);
    const report = JSON.parse(tool('dependency-cruiser/bin/dependency-cruise.mjs', ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'])) as { summary: { violations: { rule: { name: string }; from: string }[] } };
    const fired = new Set(report.summary.violations.map((violation) => `${violation.rule.name} in ${violation.from}`));
    expect([...fired]).toEqual(expect.arrayContaining(plants.map(([rule, file]) => `${rule} in ${file}`)));
  });
});

describe('the lint rules', () => {
  const long = Array.from({ length: 70 }, (_, index) => `  total += ${index};`);
  const plants: readonly (readonly [rule: string, file: string, lines: readonly string[]])[] = [
    ['no-restricted-properties', 'src/app/clock.ts', ['export const now = (): number => Date.now();']],
    ['no-restricted-properties', 'src/domain/dice.ts', ['export const dice = (): number => Math.random();']],
    ['no-restricted-syntax', 'src/domain/date.ts', ['export const today = (): Date => new Date();']],
    ['no-restricted-syntax', 'src/app/default.ts', ['export default 1;']],
    ['no-restricted-globals', 'src/app/process.ts', ['export const pid = (): number => process.pid;']],
    ['no-console', 'src/cli/console.ts', ["export const shout = (): void => console.log('x');"]],
    ['max-params', 'src/app/params.ts', ['export const four = (a: number, b: number, c: number, d: number): number => a + b + c + d;']],
    ['max-lines-per-function', 'src/app/long.ts', ['export function long(): number {', '  let total = 0;', ...long, '  return total;', '}']],
    ['max-lines', 'src/app/file.ts', Array.from({ length: 310 }, (_, index) => `export const v${index} = ${index};`)],
    ['@typescript-eslint/no-floating-promises', 'src/app/floating.ts', ['const work = async (): Promise<void> => undefined;', 'export function start(): void {', '  work();', '}']],
    ['@typescript-eslint/switch-exhaustiveness-check', 'src/app/switch.ts', ["export function f(x: 'a' | 'b'): number {", '  switch (x) {', "    case 'a':", '      return 1;', '  }', '  return 2;', '}']],
    ['@typescript-eslint/no-explicit-any', 'src/app/any.ts', ['export const loose = (x: any): number => Number(x);']],
  ];

  it('each fires on its planted violation', () => {
    for (const [, file, lines] of plants) plant(file, lines);
    const files = plants.map(([, file]) => file);
    const report = JSON.parse(tool('eslint/bin/eslint.js', ['--format', 'json', ...files])) as { filePath: string; messages: { ruleId: string }[] }[];
    const fired = report.flatMap((file) => file.messages.map((message) => `${message.ruleId} in ${path.relative(folder, file.filePath)}`));
    expect(fired).toEqual(expect.arrayContaining(plants.map(([rule, file]) => `${rule} in ${file}`)));
  });
});
