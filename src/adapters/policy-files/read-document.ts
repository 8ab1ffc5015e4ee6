import { isCollection, isPair, LineCounter, parseDocument, type Node } from 'yaml';
import { checkText } from './check-text.js';
import { checkTokens } from './check-tokens.js';
import { POLICY_FILE_LIMITS } from './limits.js';
import { invalidPolicy } from './problem.js';
import { Reader } from './reader.js';

export interface PolicyDocument {
  readonly root: Node;
  readonly reader: Reader;
}

/** Parses YAML 1.2 after its text was found harmless. Throws INVALID_POLICY. */
export function readDocument(text: string, source: string): PolicyDocument {
  const refused = checkText(text) ?? checkTokens(text);
  const lines = new LineCounter();
  const reader = new Reader(source, lines);
  if (refused !== null) {
    countLines(lines, text);
    reader.problem(refused.offset, refused.message, refused.hint);
    throw invalidPolicy(source, reader.problems);
  }
  // Duplicate keys are found by the reader, in linear time.
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'core', uniqueKeys: false, stringKeys: true, merge: false, strict: true, prettyErrors: false, logLevel: 'silent' });
  for (const { pos, message } of [...document.errors, ...document.warnings]) reader.problem(pos[0], `this is no YAML: ${firstLine(message)}`, 'Put texts with : # { } [ ] , & * ! | > % @ in quotes, and indent with spaces.');
  if (reader.problems.length === 0 && document.contents === null) reader.problem(0, 'the policy is empty', 'Begin it with policy: 1');
  if (reader.problems.length > 0 || document.contents === null) throw invalidPolicy(source, reader.problems);
  refuseDepth(document.contents, 1, reader);
  if (reader.problems.length > 0) throw invalidPolicy(source, reader.problems);
  return { root: document.contents, reader };
}

function countLines(lines: LineCounter, text: string): void {
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
}

/** Recursion is safe: the tokens bound the depth. */
function refuseDepth(node: unknown, depth: number, reader: Reader): void {
  if (!isCollection(node)) return;
  if (depth > POLICY_FILE_LIMITS.depth) {
    reader.problem(node, `it is nested more than ${POLICY_FILE_LIMITS.depth} deep`, 'No key of a policy goes deeper than a few levels.');
    return;
  }
  for (const item of node.items) {
    refuseDepth(isPair(item) ? item.key : item, depth + 1, reader);
    if (isPair(item)) refuseDepth(item.value, depth + 1, reader);
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
