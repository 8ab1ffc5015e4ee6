import type { FactName, FactValue } from '../facts.js';
import type { Override } from '../layer.js';
import { overrideInForce } from '../layers/overrides.js';
import { PATH_POINTS } from '../point.js';
import type { DecisionRequest, RequestPath } from '../request.js';
import { messageOf, type CompiledRule } from './compiled-rule.js';
import type { CompiledPolicy } from './compile-policy.js';
import { toRecord, type FactReader } from './fact-reader.js';
import { allowsCommand, guardsReading } from './match-command.js';
import { fitsListFields } from './match-fields.js';
import type { ComparedPath } from './request-path.js';

export interface RuleContext {
  readonly compiled: CompiledPolicy;
  readonly request: DecisionRequest;
  readonly reader: FactReader;
}

/** What one rule says: `error` counts as a match, and is only ever said of a deny or an ask. */
export type RuleAnswer = 'match' | 'no' | 'error';

/** The paths that are decided: a command line is decided as a whole, its paths at points of their own. */
export const pathsOf = (request: DecisionRequest): readonly RequestPath[] => (request.point === 'command.run' ? [] : request.paths);

interface ConditionAnswer {
  readonly answer: RuleAnswer;
  readonly seen: ReadonlyMap<FactName, FactValue | null>;
  readonly error: string | null;
}

/** One rule and one request: how it took part, as far as it was asked. */
export class RuleState {
  readonly compiled: CompiledRule;
  readonly override: Override | null;
  /** The strongest answer so far; `match` where it can be told, otherwise `error`. */
  answer: RuleAnswer = 'no';
  /** The first path that it matched. */
  path: string | null = null;
  /** Made the effect of the request, or of one of its paths, what it is. */
  madeEffect = false;
  /** What could not be told, other than by `when`. */
  error: string | null = null;
  /** Fields other than `paths` and `when` fit. */
  readonly fits: boolean;
  private readonly context: RuleContext;
  private condition: ConditionAnswer | null = null;
  private shown: ConditionAnswer | null = null;

  constructor(compiled: CompiledRule, context: RuleContext) {
    this.compiled = compiled;
    this.context = context;
    this.override = overrideInForce(compiled, context.compiled.policy.layers, context.request.nowMs);
    this.fits = fitsListFields(compiled.rule, context.request) && this.fitsCommand();
  }

  /** Its paths have a say in this request. */
  get hasPaths(): boolean {
    return this.compiled.rule.paths !== null && !this.ignoresPaths();
  }

  /** The answer may differ from path to path. */
  get isPerPath(): boolean {
    if (!this.fits || pathsOf(this.context.request).length === 0) return false;
    const { condition } = this.compiled;
    return this.hasPaths || (condition.kind === 'ready' && condition.perPath);
  }

  /** The answer for a request without paths, or for all of its paths at once. */
  askOnce(): RuleAnswer {
    return this.fits && !this.hasPaths ? this.remember(this.askCondition(null), null) : 'no';
  }

  /** The answer for one path that its patterns cover, or that it has no patterns for. */
  askFor(path: RequestPath): RuleAnswer {
    return this.remember(this.askCondition(path), path.path);
  }

  /** The answer for a path that can't be compared: a deny or an ask takes it as its own. */
  askForUncomparable(path: RequestPath, reason: string): RuleAnswer {
    if (this.compiled.isAllow) return 'no';
    const answer = this.askCondition(path);
    if (answer === 'no') return answer;
    this.error ??= reason;
    return this.remember('error', path.path);
  }

  /** Withdraws an allow that covers a part of a command line only. */
  withdraw(): void {
    this.answer = 'no';
  }

  /** What `when` said, for the record; null when it was not asked. */
  explainCondition(): { readonly text: string; readonly values: Readonly<Record<string, FactValue | null>>; readonly error: string | null } | null {
    if (this.shown === null && this.error === null) return null;
    return { text: this.compiled.rule.when ?? '', values: toRecord(this.shown?.seen ?? new Map()), error: this.shown?.error ?? this.error };
  }

  /** True when the patterns of an allow leave the path out in another spelling. */
  leavesOut(path: ComparedPath, covers: (set: NonNullable<Extract<CompiledRule['paths'], { kind: 'ready' }>['exceptions']>, names: readonly string[]) => boolean): boolean {
    const { paths } = this.compiled;
    const exceptions = paths.kind === 'ready' ? paths.exceptions : null;
    return exceptions !== null && path.folded.some((names) => covers(exceptions, names));
  }

  private ignoresPaths(): boolean {
    const { request } = this.context;
    return pathsOf(request).length === 0 && !PATH_POINTS.has(request.point) && !this.compiled.isAllow;
  }

  private fitsCommand(): boolean {
    const { command } = this.compiled.rule;
    const { request } = this.context;
    const reading = request.command;
    if (request.point !== 'command.run') return command === null || !this.compiled.isAllow;
    if (this.compiled.isAllow) return reading !== null && reading.kind === 'plain' && (command === null || reading.commands.some((simple) => allowsCommand(command, simple)));
    if (command === null) return true;
    const match = reading === null ? 'unknown' : guardsReading(command, reading);
    if (match === 'unknown') this.error = reading === null ? 'the request has no command' : reading.kind === 'unreadable' ? `the command can't be read: ${reading.reason}` : 'the command has words that are only known when it runs';
    return match !== 'no';
  }

  private askCondition(path: RequestPath | null): RuleAnswer {
    const { condition } = this.compiled;
    const isShared = condition.kind !== 'ready' || !condition.perPath;
    if (isShared && this.condition !== null) return this.condition.answer;
    const answer = this.evaluate(path);
    if (isShared) this.condition = answer;
    if (this.compiled.rule.when !== null && (this.shown === null || this.shown.answer === 'no')) this.shown = answer;
    return answer.answer;
  }

  private evaluate(path: RequestPath | null): ConditionAnswer {
    const { condition } = this.compiled;
    const seen = new Map<FactName, FactValue | null>();
    if (condition.kind === 'none') return { answer: 'match', seen, error: null };
    try {
      if (condition.kind === 'broken') throw new Error(condition.message);
      return { answer: condition.condition.evaluate(this.context.reader.reading(path, seen)) ? 'match' : 'no', seen, error: null };
    } catch (error) {
      return { answer: this.compiled.isAllow ? 'no' : 'error', seen, error: messageOf(error) };
    }
  }

  private remember(answer: RuleAnswer, path: string | null): RuleAnswer {
    const certain = answer === 'match' && this.error !== null ? 'error' : answer;
    if (certain === 'no') return certain;
    if (this.answer === 'no') this.path = path;
    if (this.answer !== 'match') this.answer = certain;
    return certain;
  }
}
