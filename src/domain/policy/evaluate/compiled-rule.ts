import { compilePathSet, type PathSet } from '../../glob/path-set.js';
import type { CompileCondition, Condition } from '../condition.js';
import type { FactName } from '../facts.js';
import type { LayerName, Rule } from '../layer.js';

export type RuleCondition =
  | { readonly kind: 'none' }
  /** `perPath`: it reads what differs from path to path. */
  | { readonly kind: 'ready'; readonly condition: Condition; readonly perPath: boolean }
  | { readonly kind: 'broken'; readonly message: string; readonly hint: string | null };

/** `exceptions` of an allow are folded although the rest is exact: another spelling of what is left out is left out as well. */
export type RulePaths = { readonly kind: 'none' } | { readonly kind: 'ready'; readonly set: PathSet; readonly exceptions: PathSet | null } | { readonly kind: 'broken'; readonly message: string };

const PATH_FACTS: ReadonlySet<FactName> = new Set(['path', 'change.kind', 'change.mode']);

/** A rule with its place; what it has to compile is compiled at first use and kept. */
export class CompiledRule {
  readonly rule: Rule;
  readonly layer: LayerName;
  readonly layerIndex: number;
  private readonly compile: CompileCondition;
  private compiledCondition: RuleCondition | undefined;
  private compiledPaths: RulePaths | undefined;

  constructor(place: { readonly rule: Rule; readonly layer: LayerName; readonly layerIndex: number }, compile: CompileCondition) {
    this.rule = place.rule;
    this.layer = place.layer;
    this.layerIndex = place.layerIndex;
    this.compile = compile;
  }

  get isAllow(): boolean {
    return this.rule.effect === 'allow';
  }

  get condition(): RuleCondition {
    this.compiledCondition ??= this.compileCondition();
    return this.compiledCondition;
  }

  get paths(): RulePaths {
    this.compiledPaths ??= this.compilePaths();
    return this.compiledPaths;
  }

  private compileCondition(): RuleCondition {
    if (this.rule.when === null) return { kind: 'none' };
    try {
      const answer = this.compile(this.rule.when);
      if (!answer.ok) return { kind: 'broken', message: answer.problem.message, hint: answer.problem.hint };
      return { kind: 'ready', condition: answer.condition, perPath: answer.condition.facts.some((fact) => PATH_FACTS.has(fact)) };
    } catch (error) {
      return { kind: 'broken', message: messageOf(error), hint: null };
    }
  }

  private compilePaths(): RulePaths {
    if (this.rule.paths === null) return { kind: 'none' };
    try {
      const set = compilePathSet({ include: this.rule.paths, except: this.rule.except }, { fold: !this.isAllow });
      const exceptions = this.isAllow && this.rule.except.length > 0 ? compilePathSet({ include: this.rule.except }, { fold: true }) : null;
      return { kind: 'ready', set, exceptions };
    } catch (error) {
      return { kind: 'broken', message: messageOf(error) };
    }
  }
}

/** What went wrong, in the words of whoever threw it. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
