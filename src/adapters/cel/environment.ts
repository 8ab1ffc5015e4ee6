import { Environment } from '@marcbachmann/cel-js';
import { compilePathSet, matchesPath } from '../../domain/glob/path-set.js';
import type { FactType } from '../../domain/policy/facts.js';
import { assert } from '../../domain/kernel/assert.js';
import { EvaluationFailed, FactContext, type Declarations, type EvaluationPlan, type ReadValue } from './fact-context.js';
import { EXPRESSION_LIMITS, GLOB_TEXT_CHARACTERS } from './limits.js';

/** CEL with exactly our facts. */
export interface FactEnvironment {
  readonly cel: Environment;
  readonly declarations: Declarations;
  /** First parts of dotted names, such as `task`, each with its fields. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, FactType>>;
  /** What an evaluation resolves names in. */
  context(read: ReadValue, plan: EvaluationPlan): FactContext;
}

/** Costs about a millisecond; make one and keep it. */
export function createEnvironment(declarations: Declarations): FactEnvironment {
  const groups = groupsOf(declarations);
  class Context extends FactContext {}
  const cel = new Environment({
    limits: { maxAstNodes: EXPRESSION_LIMITS.nodes, maxDepth: EXPRESSION_LIMITS.depth, maxListElements: EXPRESSION_LIMITS.listItems, maxMapEntries: EXPRESSION_LIMITS.listItems, maxCallArguments: 4 },
  });
  for (const [name, type] of Object.entries(declarations).filter(([name]) => !name.includes('.'))) {
    cel.registerVariable(name, type);
    defineGetter(Context.prototype, name, (context) => (context as FactContext).value(name, type));
  }
  for (const [group, fields] of groups) {
    const Group = declareGroup(group, fields);
    cel.registerType(`facts.${group}`, { ctor: Group, fields: Object.fromEntries(fields) });
    cel.registerVariable(group, `facts.${group}`);
    defineGetter(Context.prototype, group, (context) => new Group(context as FactContext));
  }
  cel.registerFunction('matchesGlob(string, string): bool', matchesGlob, { async: false } as object);
  return { cel, declarations, groups, context: (read, plan) => new Context(read, plan) };
}

function groupsOf(declarations: Declarations): Map<string, Map<string, FactType>> {
  const groups = new Map<string, Map<string, FactType>>();
  for (const [name, type] of Object.entries(declarations)) {
    const dot = name.indexOf('.');
    if (dot === -1) continue;
    const group = groups.get(name.slice(0, dot)) ?? new Map<string, FactType>();
    groups.set(name.slice(0, dot), group.set(name.slice(dot + 1), type));
  }
  return groups;
}

/** A class of its own, because CEL knows the type of a value by its class. */
function declareGroup(group: string, fields: ReadonlyMap<string, FactType>): new (context: FactContext) => object {
  class Group {
    readonly context: FactContext;

    constructor(context: FactContext) {
      this.context = context;
    }
  }
  for (const [field, type] of fields) {
    const name = `${group}.${field}`;
    defineGetter(Group.prototype, field, (self) => (self as Group).context.value(name, type));
  }
  return Group;
}

/** Fields of the objects that the getters are put on. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['context', 'read', 'plan', 'steps', 'lists']);

function defineGetter(prototype: object, name: string, read: (self: object) => unknown): void {
  assert(!(name in prototype) && !RESERVED_NAMES.has(name), `no fact or group of facts can be called ${name}`);
  Object.defineProperty(prototype, name, {
    get(this: object) {
      return read(this);
    },
  });
}

/** The pattern is a constant that was read at compilation, so it comes from the cache of patterns. Compares exactly (NFC). */
function matchesGlob(path: string, pattern: string): boolean {
  if (path.length > GLOB_TEXT_CHARACTERS) throw new EvaluationFailed(`matchesGlob can't look at a text of more than ${GLOB_TEXT_CHARACTERS} characters`);
  return matchesPath(compilePathSet({ include: [pattern] }, { fold: false }), path);
}
