import { isScalar } from 'yaml';
import { quote } from '../../domain/kernel/ids.js';
import type { CompileCondition } from '../../domain/policy/condition.js';
import type { PolicyLayer } from '../../domain/policy/layer.js';
import type { PolicyExample } from './example.js';
import { FILE_KEYS, type FileLayer } from './keys.js';
import { POLICY_FILE_LIMITS } from './limits.js';
import { lintRules } from './lint-rules.js';
import { invalidPolicy, type PolicyProblem } from './problem.js';
import { readDocument, type PolicyDocument } from './read-document.js';
import { readOverrides } from './read-overrides.js';
import { PathReader, readSets } from './read-paths.js';
import { readRule, type ReadRule } from './read-rule.js';
import { readDefaults, readEvidence, readLimits, readTeams } from './read-sections.js';
import type { Reader, Section } from './reader.js';

export interface PolicyFileInput {
  readonly text: string;
  /** What messages call the file. */
  readonly source: string;
  /** Commit that the text is from, or null. */
  readonly revision: string | null;
  readonly layer: FileLayer;
  /** With it, overrides that reach too far ahead are refused and expired ones warned about. */
  readonly nowMs?: number;
}

export interface ParsedPolicyFile {
  readonly layer: PolicyLayer;
  readonly examples: readonly PolicyExample[];
  readonly warnings: readonly PolicyProblem[];
}

/**
 * Reads one policy file. Pure. Throws INVALID_POLICY with every mistake in `details.problems`, each with file, line and
 * column and with what to write instead. Formatting and comments make no other layer, except for the places in `at`.
 */
export function parsePolicyFile(input: PolicyFileInput, compile: CompileCondition): ParsedPolicyFile {
  // What editors on some systems put in front of every file means nothing.
  const text = input.text.replace(/^\ufeff/, '');
  const { root, reader } = readDocument(text, input.source);
  const section = reader.section(root, 'the policy', FILE_KEYS);
  const parsed = section === null ? null : readFile(section, { ...input, text }, { root, reader, compile });
  if (parsed === null || reader.problems.length > 0) throw invalidPolicy(input.source, reader.problems);
  return { ...parsed, warnings: reader.warnings };
}

function readFile(section: Section, input: PolicyFileInput, { root, reader, compile }: PolicyDocument & { readonly compile: CompileCondition }): Omit<ParsedPolicyFile, 'warnings'> {
  checkVersion(section, reader, root);
  const name = section.get('name');
  const teams = readTeams(reader, section.get('teams'));
  const paths = new PathReader(reader, readSets(reader, section.get('sets')));
  const rules = readRules(section, { reader, paths, compile, layer: input.layer, text: input.text });
  lintRules(reader, rules, Object.keys(teams));
  const layer: PolicyLayer = {
    layer: input.layer,
    name: name === undefined ? null : reader.text(name.value, 'name', POLICY_FILE_LIMITS.nameCharacters),
    source: input.source,
    revision: input.revision,
    defaults: readDefaults(reader, section.get('defaults')),
    rules: rules.map(({ rule }) => rule),
    limits: readLimits(reader, section.get('limits')),
    evidence: readEvidence(reader, section.get('evidence')),
    teams,
    overrides: readOverrides(section.get('override'), { reader, layer: input.layer, source: input.source, nowMs: input.nowMs }),
  };
  return { layer, examples: rules.flatMap(({ examples }) => examples) };
}

function checkVersion(section: Section, reader: Reader, root: PolicyDocument['root']): void {
  const version = section.get('policy');
  if (version === undefined) {
    reader.problem(root, 'the policy does not begin with policy: 1', 'Write policy: 1 in the first line.');
    return;
  }
  const written = isScalar(version.value) && typeof version.value.value === 'number' ? version.value.source : undefined;
  if (written !== '1') reader.problem(version.value ?? version.key, 'this version of ai reads policy: 1 only', 'Write policy: 1, without quotes.');
}

function readRules(section: Section, tools: Parameters<typeof readRule>[1]): readonly ReadRule[] {
  const entry = section.get('rules');
  if (entry === undefined) return [];
  const items = tools.reader.list(entry.value, 'rules', POLICY_FILE_LIMITS.rules) ?? [];
  const rules = items.map((item) => readRule(item, tools)).filter((rule) => rule !== null);
  const first = new Map<string, string>();
  for (const { rule, node } of rules) {
    const other = first.get(rule.id);
    if (other !== undefined) tools.reader.problem(node, `the id ${quote(rule.id)} stands at ${other} already`, 'Give it another id: records and overrides name rules by it.');
    else first.set(rule.id, rule.at);
  }
  return rules;
}
