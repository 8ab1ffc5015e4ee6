import type { Node } from 'yaml';
import type { CompileCondition } from '../../domain/policy/condition.js';
import { EFFECTS } from '../../domain/policy/effect.js';
import type { ApprovalTerms, CommandPattern, LayerName, Rule } from '../../domain/policy/layer.js';
import { PATH_POINTS, POLICY_POINTS, type PolicyPoint } from '../../domain/policy/point.js';
import type { PolicyExample } from './example.js';
import { COMMAND_KEYS, FILE_LAYERS, RULE_KEYS, type FileLayer } from './keys.js';
import { POLICY_FILE_LIMITS } from './limits.js';
import { checkAgent, checkName, checkWord, present } from './names.js';
import { readApproval } from './read-approval.js';
import { readExamples } from './read-examples.js';
import type { PathReader } from './read-paths.js';
import { readWhen } from './read-when.js';
import type { Reader, Section, Word } from './reader.js';

export interface RuleTools {
  readonly reader: Reader;
  readonly paths: PathReader;
  readonly compile: CompileCondition;
  readonly layer: FileLayer;
  /** Text of the file, for places within a value. */
  readonly text: string;
}

export interface ReadRule {
  readonly rule: Rule;
  readonly examples: readonly PolicyExample[];
  readonly node: Node;
}

/** Null when it has no id, effect or point; every other mistake is noted and the rule goes on. */
export function readRule(node: Node, tools: RuleTools): ReadRule | null {
  const { reader } = tools;
  const section = reader.section(node, 'the rule', RULE_KEYS);
  if (section === null) return null;
  const missing = ['id', 'effect', 'on'].filter((key) => !section.has(key));
  if (missing.length > 0) reader.problem(node, `the rule has no ${missing.join(' and no ')}`, 'A rule says at least id, effect (allow, ask or deny) and on (a list of points).');
  const id = readId(reader, section);
  const effect = valueOf(section, 'effect', (value) => reader.oneOf(value, 'effect', EFFECTS));
  const on = valueOf(section, 'on', (value) => reader.someOf(value, 'on', POLICY_POINTS));
  if (id === null || effect === null || on === null) return null;
  checkDimensions(reader, section, on);
  const rule: Rule = { id, effect, on: inOrder(on, POLICY_POINTS), ...readSubject(reader, section), ...readObject(section, tools), ...readTerms(section, tools), at: reader.place(node) };
  checkTerms(reader, section, rule);
  return { rule, examples: valueOf(section, 'examples', (value) => readExamples(reader, value, { id, on })) ?? [], node };
}

function readId(reader: Reader, section: Section): string | null {
  return valueOf(section, 'id', (value) => {
    const text = reader.text(value, 'id');
    return text === null ? null : checkName(reader, { text, node: value as Word['node'] }, 'the rule');
  });
}

function readSubject(reader: Reader, section: Section): Pick<Rule, 'agents' | 'roles' | 'labels'> {
  return {
    agents: valueOf(section, 'agents', (value) => wordsOf(reader, value, { what: 'agents', check: (word) => checkAgent(reader, word) })),
    roles: plainWords(reader, section, 'roles'),
    labels: plainWords(reader, section, 'labels'),
  };
}

function readObject(section: Section, { reader, paths, compile, text }: RuleTools): Pick<Rule, 'paths' | 'except' | 'command' | 'skills' | 'tasks' | 'when'> {
  return {
    paths: valueOf(section, 'paths', (value) => paths.read(value, 'paths')),
    except: valueOf(section, 'except', (value) => paths.read(value, 'except')) ?? [],
    command: valueOf(section, 'command', (value) => readCommand(reader, value)),
    skills: plainWords(reader, section, 'skills'),
    tasks: plainWords(reader, section, 'tasks'),
    when: valueOf(section, 'when', (value) => readWhen(value, { reader, compile, text })),
  };
}

function readTerms(section: Section, { reader, layer }: RuleTools): Pick<Rule, 'approval' | 'why' | 'locked' | 'overridable'> {
  const approval: ApprovalTerms | null = valueOf(section, 'approval', (value) => readApproval(reader, value));
  return {
    approval,
    why: valueOf(section, 'why', (value) => reader.text(value, 'why', POLICY_FILE_LIMITS.whyCharacters)),
    locked: valueOf(section, 'locked', (value) => reader.flag(value, 'locked')) ?? false,
    overridable: valueOf(section, 'overridable', (value) => readOverridable(reader, value, layer)) ?? [],
  };
}

function readCommand(reader: Reader, node: Node | null): CommandPattern | null {
  const section = reader.section(node, 'command', COMMAND_KEYS);
  if (section === null) return null;
  const words = (key: 'starts' | 'any'): readonly string[] => valueOf(section, key, (value) => reader.words(value, key, POLICY_FILE_LIMITS.words))?.map(({ text }) => text) ?? [];
  const command = { starts: words('starts'), any: words('any') };
  if (command.starts.length === 0 && command.any.length === 0) reader.problem(node ?? 0, 'command says nothing', 'Write starts: [git, push], any: ["--force"], or leave command out.');
  return command;
}

function readOverridable(reader: Reader, node: Node | null, layer: FileLayer): readonly LayerName[] {
  const lower = FILE_LAYERS.slice(FILE_LAYERS.indexOf(layer) + 1);
  if (lower.length === 0) {
    reader.problem(node ?? 0, 'no layer is below that of a task', 'Leave overridable out.');
    return [];
  }
  return inOrder(reader.someOf(node, `overridable (of a rule in the ${layer} layer)`, lower) ?? [], FILE_LAYERS);
}

/** A key that says nothing at a point would be a rule that parses and does nothing. */
function checkDimensions(reader: Reader, section: Section, on: readonly PolicyPoint[]): void {
  const complain = (key: string, points: readonly PolicyPoint[], hint: string): void => {
    const entry = section.get(key);
    if (entry !== undefined && points.length > 0) reader.problem(entry.key, `${key} says nothing at ${points.join(', ')}`, hint);
  };
  const withoutPaths = on.filter((point) => !PATH_POINTS.has(point));
  complain('paths', withoutPaths, 'Make two rules of it, one without paths.');
  if (!section.has('paths')) {
    const entry = section.get('except');
    if (entry !== undefined) reader.problem(entry.key, 'except stands without paths', 'Write paths: ["**"] for all the others.');
  }
  complain('command', on.filter((point) => point !== 'command.run'), 'Write on: [command.run], and make another rule for the rest.');
}

function checkTerms(reader: Reader, section: Section, rule: Rule): void {
  const approval = section.get('approval');
  if (approval !== undefined && rule.effect !== 'ask') reader.problem(approval.key, `approval says nothing in a rule whose effect is ${rule.effect}`, 'Write effect: ask, or leave approval out.');
  const overridable = section.get('overridable');
  if (rule.locked && overridable !== undefined) reader.problem(overridable.key, 'the rule is locked and overridable', 'Leave one of them out.');
}

function plainWords(reader: Reader, section: Section, key: 'roles' | 'labels' | 'skills' | 'tasks'): readonly string[] | null {
  return valueOf(section, key, (value) => wordsOf(reader, value, { what: key, check: (word) => checkWord(reader, word, `an item of ${key}`) }));
}

function wordsOf(reader: Reader, node: Node | null, { what, check }: { readonly what: string; readonly check: (word: Word) => string | null }): readonly string[] | null {
  const words = reader.words(node, what, POLICY_FILE_LIMITS.words);
  return words === null ? null : present(words.map(check));
}

function valueOf<T>(section: Section, key: string, read: (value: Node | null) => T | null): T | null {
  const entry = section.get(key);
  return entry === undefined ? null : read(entry.value);
}

/** Order and spelling of a list make no other policy. */
const inOrder = <T>(values: readonly T[], order: readonly T[]): readonly T[] => order.filter((value) => values.includes(value));
