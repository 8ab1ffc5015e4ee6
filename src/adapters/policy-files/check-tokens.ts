import { CST, Lexer } from 'yaml';
import type { TextProblem } from './check-text.js';
import { POLICY_FILE_LIMITS } from './limits.js';

/** Before exact depths are known, from the text alone: a parser that recurses deeper than this can end the process. */
const RAW_DEPTH = POLICY_FILE_LIMITS.depth * 2;

const REFUSED: ReadonlyMap<string, Omit<TextProblem, 'offset'>> = new Map([
  ['anchor', { message: 'anchors (&name) are not supported', hint: 'Name a set of paths under `sets:` and write "@name"; put a text that begins with & in quotes.' }],
  ['alias', { message: 'aliases (*name) are not supported', hint: 'Name a set of paths under `sets:` and write "@name"; put a pattern that begins with * in quotes.' }],
  ['tag', { message: 'tags (!name) are not supported', hint: 'Leave the tag out, or put a text that begins with ! in quotes.' }],
  ['directive-line', { message: 'directives (%NAME) are not supported', hint: 'Leave the line out: every policy is YAML 1.2.' }],
  ['doc-end', { message: 'an end of document (...) is not supported', hint: 'Leave the line out; a policy is one document.' }],
]);

/** Looks at the words of the file, in their order and without recursion. Null when a parser may have it. */
export function checkTokens(text: string): TextProblem | null {
  const scan = new TokenScan();
  for (const token of new Lexer().lex(text)) {
    const problem = scan.next(token);
    if (problem !== null) return problem;
  }
  return null;
}

class TokenScan {
  private offset = 0;
  private lineStart = 0;
  private tokens = 0;
  private flows = 0;
  private documents = 0;
  private hasContent = false;
  private scalarNext = false;
  private afterValue = false;
  /** Columns of the block collections around the current place. */
  private readonly columns: number[] = [];

  next(token: string): TextProblem | null {
    const offset = this.offset;
    const announcesScalar = !this.scalarNext && token === CST.SCALAR;
    const type = this.scalarNext ? 'scalar' : announcesScalar ? null : CST.tokenType(token);
    this.scalarNext = announcesScalar;
    const isText = !announcesScalar && type !== 'doc-mode' && type !== 'flow-error-end';
    if (!isText) return null;
    this.offset += token.length;
    this.tokens += 1;
    const problem = this.judge(type, offset);
    if (type === 'newline') this.lineStart = this.offset;
    else if (token.includes('\n')) this.lineStart = offset + token.lastIndexOf('\n') + 1;
    return problem;
  }

  private judge(type: string | null, offset: number): TextProblem | null {
    const refused = REFUSED.get(type ?? '');
    if (refused !== undefined) return { offset, ...refused };
    if (this.tokens > POLICY_FILE_LIMITS.tokens) return { offset, message: `the file has more than ${POLICY_FILE_LIMITS.tokens} words and signs`, hint: 'Use named sets for lists of paths, and fewer rules.' };
    if (type === 'doc-start') return this.startDocument(offset);
    this.nest(type, offset - this.lineStart);
    if (this.columns.length + this.flows > RAW_DEPTH) return { offset, message: `it is nested more than ${POLICY_FILE_LIMITS.depth} deep`, hint: 'No key of a policy goes deeper than a few levels.' };
    return null;
  }

  private startDocument(offset: number): TextProblem | null {
    this.documents += 1;
    if (this.documents === 1 && !this.hasContent) return null;
    return { offset, message: 'a second document (---) begins here', hint: 'A policy is one document; make another file of it.' };
  }

  private nest(type: string | null, column: number): void {
    if (type === null || type === 'space') return;
    const ends = FLOW_ENDS.has(type);
    if (FLOW_STARTS.has(type)) this.flows += 1;
    if (ends) this.flows = Math.max(0, this.flows - 1);
    // The separator of `key: value` opens nothing; one without a key does.
    if (OPENERS.has(type) || (type === 'map-value-ind' && !this.afterValue)) this.openBlock(column);
    this.afterValue = SCALARS.has(type) || ends;
  }

  /** Whatever stands further right than the collection before it may be inside of it. */
  private openBlock(column: number): void {
    this.hasContent = true;
    if (this.flows > 0) return;
    while ((this.columns.at(-1) ?? -1) >= column) this.columns.pop();
    this.columns.push(column);
  }
}

const SCALARS: ReadonlySet<string> = new Set(['scalar', 'single-quoted-scalar', 'double-quoted-scalar']);
const OPENERS: ReadonlySet<string> = new Set([...SCALARS, 'seq-item-ind', 'explicit-key-ind']);
const FLOW_STARTS: ReadonlySet<string> = new Set(['flow-seq-start', 'flow-map-start']);
const FLOW_ENDS: ReadonlySet<string> = new Set(['flow-seq-end', 'flow-map-end']);
