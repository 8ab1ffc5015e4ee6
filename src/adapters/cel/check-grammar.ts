import type { ASTNode } from '@marcbachmann/cel-js';
import { isAiError } from '../../domain/kernel/errors.js';
import { quote } from '../../domain/kernel/ids.js';
import { parsePattern } from '../../domain/glob/pattern.js';
import type { FactEnvironment } from './environment.js';
import { EXPRESSION_LIMITS } from './limits.js';
import { refuse } from './problem.js';
import { unknownFact, unknownFunction } from './suggestions.js';

export const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one']);
const METHODS: ReadonlySet<string> = new Set(['size', 'startsWith', 'endsWith', 'contains', ...MACROS]);
const FUNCTIONS: ReadonlySet<string> = new Set(['has', 'size', 'matchesGlob']);
/** CEL loses entries with these keys on its way through objects. */
const LOST_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const LAST_INT = 2n ** 63n - 1n;
/** Written positive and negated afterwards, the smallest integer is one more than the largest. */
const NEGATED_LAST_INT = LAST_INT + 1n;

export interface GrammarFindings {
  /** In order of first appearance. */
  readonly facts: readonly string[];
  readonly hasMacro: boolean;
  /** Uses has(). */
  readonly asksPresence: boolean;
  readonly nodes: number;
}

/** Refuses everything that is CEL but not ours, and everything that CEL would let pass and get wrong. Throws ExpressionRefused. */
export function checkGrammar(root: ASTNode, environment: FactEnvironment): GrammarFindings {
  const check = new GrammarCheck(environment);
  check.visit(root, 1);
  return { facts: [...check.facts], hasMacro: check.hasMacro, asksPresence: check.asksPresence, nodes: check.nodes };
}

class GrammarCheck {
  readonly facts = new Set<string>();
  hasMacro = false;
  asksPresence = false;
  nodes = 0;
  private readonly environment: FactEnvironment;
  private variable: string | null = null;

  constructor(environment: FactEnvironment) {
    this.environment = environment;
  }

  visit(node: ASTNode, depth: number): void {
    this.nodes += 1;
    if (depth > EXPRESSION_LIMITS.depth) throw refuse(node.pos, `operators are nested more than ${EXPRESSION_LIMITS.depth} deep`, 'Write two rules instead of one.');
    switch (node.op) {
      case 'value':
        refuseLiteral(node.args, node.pos, LAST_INT);
        return;
      case 'id':
        this.visitName(node.args, node.pos);
        return;
      case '.':
        this.visitField(node.args[0], { field: node.args[1], at: node.pos, depth });
        return;
      case '-_':
        this.visitNegation(node.args, depth);
        return;
      case 'call':
        this.visitCall(node.args[0], node.args[1], { at: node.pos, depth });
        return;
      case 'rcall':
        this.visitMethod(node.args, { at: node.pos, depth });
        return;
      default:
        this.visitParts(node, depth);
    }
  }

  private visitParts(node: ASTNode, depth: number): void {
    switch (node.op) {
      case 'map':
        this.visitMap(node.args, depth);
        return;
      case '!_':
        this.visit(node.args, depth + 1);
        return;
      case 'list':
      case '?:':
      case '[]':
        for (const part of node.args) this.visit(part, depth + 1);
        return;
      case '.?':
      case '[?]':
        throw refuse(node.pos, 'optional fields are not supported', 'Ask with has(change.kind) first.');
      default: {
        const [left, right] = node.args as readonly [ASTNode, ASTNode];
        // A chain of one operator is as deep as one of them.
        this.visit(left, left.op === node.op ? depth : depth + 1);
        this.visit(right, depth + 1);
      }
    }
  }

  private visitNegation(of: ASTNode, depth: number): void {
    if (of.op !== 'value') {
      this.visit(of, depth + 1);
      return;
    }
    this.nodes += 1;
    refuseLiteral(of.args, of.pos, NEGATED_LAST_INT);
  }

  private visitName(name: string, at: number): void {
    if (name === this.variable) return;
    const fields = this.environment.groups.get(name);
    if (fields !== undefined) throw refuse(at, `${quote(name)} alone is no fact`, `Write one of ${[...fields.keys()].map((field) => `${name}.${field}`).join(', ')}.`);
    this.useFact(name, at);
  }

  private useFact(name: string, at: number): void {
    if (!Object.hasOwn(this.environment.declarations, name)) throw unknownFact(name, at, Object.keys(this.environment.declarations));
    this.facts.add(name);
  }

  private visitField(of: ASTNode, select: { readonly field: string; readonly at: number; readonly depth: number }): void {
    const name = of.op === 'id' && of.args !== this.variable ? of.args : null;
    if (name === null) {
      this.visit(of, select.depth + 1);
      return;
    }
    const isPlainFact = Object.hasOwn(this.environment.declarations, name);
    if (isPlainFact) throw refuse(select.at, `the fact ${quote(name)} has no fields`, `Write ${name} alone.`);
    this.useFact(`${name}.${select.field}`, of.pos);
  }

  private visitCall(name: string, args: readonly ASTNode[], place: { readonly at: number; readonly depth: number }): void {
    if (!FUNCTIONS.has(name)) throw unknownFunction(name, place.at, METHODS.has(name));
    const [first, second] = args;
    if (name === 'has' && !(args.length === 1 && this.isDottedName(first))) throw refuse(first?.pos ?? place.at, 'has() asks for one fact with a dot in its name', 'Write has(change.kind), for example.');
    this.asksPresence ||= name === 'has';
    if (name === 'matchesGlob' && second !== undefined) refusePattern(second);
    for (const arg of args) this.visit(arg, place.depth + 1);
  }

  private isDottedName(node: ASTNode | undefined): boolean {
    return node?.op === '.' && node.args[0].op === 'id' && node.args[0].args !== this.variable;
  }

  private visitMethod([name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]], place: { readonly at: number; readonly depth: number }): void {
    if (!METHODS.has(name)) throw unknownFunction(name, place.at, FUNCTIONS.has(name));
    this.visit(receiver, place.depth + 1);
    if (!MACROS.has(name)) {
      for (const arg of args) this.visit(arg, place.depth + 1);
      return;
    }
    const [variable, predicate] = args;
    if (args.length !== 2 || variable?.op !== 'id' || predicate === undefined) throw refuse(place.at, `${name}() takes a name and a condition`, `Write task.labels.${name}(label, label == "billing"), for example.`);
    this.visitMacro(name, { variable: variable.args, at: variable.pos, predicate, depth: place.depth });
  }

  private visitMacro(name: string, macro: { readonly variable: string; readonly at: number; readonly predicate: ASTNode; readonly depth: number }): void {
    if (this.variable !== null) throw refuse(macro.at, `${name}() stands within another all(), exists() or exists_one()`, 'Write two conditions, or compare with a list: x in ["a", "b"].');
    const taken = this.environment.groups.has(macro.variable) || Object.hasOwn(this.environment.declarations, macro.variable);
    if (taken) throw refuse(macro.at, `${quote(macro.variable)} names facts already`, 'Choose another name, such as item.');
    this.hasMacro = true;
    this.nodes += 1;
    this.variable = macro.variable;
    this.visit(macro.predicate, macro.depth + 1);
    this.variable = null;
  }

  private visitMap(entries: readonly (readonly [ASTNode, ASTNode])[], depth: number): void {
    const keys = new Set<string>();
    for (const [key, value] of entries) {
      if (key.op !== 'value' || typeof key.args !== 'string') throw refuse(key.pos, 'a key of a map is not a text in quotes', 'Write {"low": 1, "high": 2}, for example.');
      if (LOST_KEYS.has(key.args)) throw refuse(key.pos, `the key ${quote(key.args)} is not supported`, 'Choose another key.');
      if (keys.has(key.args)) throw refuse(key.pos, `the key ${quote(key.args)} stands twice in one map`, 'Leave one of them out.');
      keys.add(key.args);
      this.nodes += 1;
      this.visit(value, depth + 1);
    }
  }
}

function refuseLiteral(value: unknown, at: number, largest: bigint): void {
  if (value instanceof Uint8Array) throw refuse(at, 'bytes are not supported', 'Write a text: "abc".');
  if (typeof value === 'bigint' && value > largest) throw refuse(at, 'the number does not fit into 64 bits', 'Write a smaller number, or one with a decimal point.');
  if (typeof value === 'object' && value !== null) throw refuse(at, 'unsigned numbers are not supported', 'Leave the u out.');
}

function refusePattern(pattern: ASTNode): void {
  if (pattern.op !== 'value' || typeof pattern.args !== 'string') throw refuse(pattern.pos, 'the pattern of matchesGlob is no constant text', 'Write matchesGlob(path, "src/**").');
  try {
    parsePattern(pattern.args);
  } catch (error) {
    if (!isAiError(error)) throw error;
    throw refuse(pattern.pos, error.message, error.hint ?? null);
  }
}
