import { readCommand, type CommandReading } from '../policy/command/read-command.js';
import type { Facts } from '../policy/facts.js';
import type { PolicyPoint } from '../policy/point.js';
import type { DecisionRequest, RequestPath, Resource } from '../policy/request.js';
import { ROOT } from './locate-path.js';
import type { ToolCall } from './tool-call.js';
import { toolIntents, type ToolIntent } from './tool-intents.js';

/** The part of a question to policy that the call itself tells. */
export type ToolQuestion = Pick<DecisionRequest, 'point' | 'action' | 'resource' | 'paths' | 'command' | 'skills'> & { readonly facts: Facts };

export interface CallContext {
  /** SHA-256 of the arguments. */
  readonly digest: string;
  /** Every form of a path that counts, relative to the workspace: as written, and where links lead. By the path as written. */
  readonly forms: ReadonlyMap<string, readonly string[]>;
}

/** A file whose name is only known when the command runs: absolute, so that no rule can allow it. */
export const UNKNOWN_FILE = '/(a name that is only known when the command runs)';

/** The paths of a call, as written, that have to be looked up before it can be judged. */
export function pathsToResolve(call: ToolCall): readonly string[] {
  return [...new Set(toolIntents(call).flatMap((intent) => ('path' in intent ? [intent.path] : intent.point === 'command.run' ? writtenBy(readCommand(intent.command)) : [])))];
}

/** Everything that policy has to be asked about one call, one question for each point. */
export function toolQuestions(call: ToolCall, context: CallContext): readonly ToolQuestion[] {
  const intents = toolIntents(call);
  const readings = intents.flatMap((intent) => (intent.point === 'command.run' ? [readCommand(intent.command)] : []));
  const written = [...intents.flatMap((intent) => (intent.point === 'path.write' ? [intent.path] : [])), ...readings.flatMap(writtenBy)];
  const ask = new Asker(call, context);
  return [
    ask.question('tool.use', { resource: ask.resource('tool', call.tool) }),
    ...readings.map((reading) => ask.question('command.run', { resource: ask.resource('command', reading.text.slice(0, MAX_ID_CHARACTERS)), command: reading, facts: commandFacts(reading) })),
    ...(written.length === 0 ? [] : [ask.aboutPaths('path.write', written.flatMap(ask.forms))]),
    ...intents.flatMap((intent) => ask.other(intent)),
  ];
}

const MAX_ID_CHARACTERS = 4_096;

/** Names of files that redirections write; one that is not known stands for any. */
const writtenBy = (reading: CommandReading): readonly string[] => reading.commands.flatMap((command) => command.writes.map((word) => word ?? UNKNOWN_FILE));

/** The words only of a single command whose words are all known: of several, no list of words would be true. */
function commandFacts(reading: CommandReading): Facts {
  const [only, ...others] = reading.commands;
  const isSingle = reading.kind === 'plain' && only !== undefined && others.length === 0;
  const words = isSingle ? only.words.filter((word) => word !== null) : [];
  return { 'command.text': reading.text, ...(isSingle && words.length === only.words.length ? { 'command.words': words } : {}) };
}

class Asker {
  readonly #call: ToolCall;
  readonly #context: CallContext;

  constructor(call: ToolCall, context: CallContext) {
    this.#call = call;
    this.#context = context;
  }

  readonly forms = (written: string): readonly string[] => this.#context.forms.get(written) ?? [written];

  resource(kind: Resource['kind'], id: string): Resource {
    return { kind, id, digest: this.#context.digest };
  }

  question(point: PolicyPoint, about: Pick<ToolQuestion, 'resource'> & Partial<ToolQuestion>): ToolQuestion {
    const { tool, id } = this.#call;
    return { point, action: { name: point, tool, toolCall: id }, paths: [], command: null, skills: [], ...about, facts: { 'tool.name': tool, ...about.facts } };
  }

  aboutPaths(point: 'path.read' | 'path.write', paths: readonly string[]): ToolQuestion {
    const unique = [...new Set(paths)];
    const id = (unique[0] ?? ROOT).slice(0, MAX_ID_CHARACTERS);
    return this.question(point, { resource: this.resource('path', id), paths: unique.map((path): RequestPath => ({ path, kind: null, mode: null })) });
  }

  /** Points of which a call has one at most. */
  other(intent: ToolIntent): readonly ToolQuestion[] {
    if (intent.point === 'path.read') return [this.#read(intent)];
    if (intent.point === 'network.use') {
      const host = hostOf(intent.url);
      return [this.question('network.use', { resource: this.resource('url', (intent.url ?? this.#call.tool).slice(0, MAX_ID_CHARACTERS)), facts: host === null ? {} : { 'network.host': host } })];
    }
    if (intent.point !== 'skill.run') return [];
    const { skill } = intent;
    return [this.question('skill.run', { resource: this.resource('skill', (skill ?? '').slice(0, MAX_ID_CHARACTERS)), ...(skill === null ? {} : { skills: [skill], facts: { 'skill.name': skill } }) })];
  }

  /** A search through the whole workspace is about no path in particular: it would fit no allow, and every deny that names paths. */
  #read(intent: Extract<ToolIntent, { point: 'path.read' }>): ToolQuestion {
    const forms = this.forms(intent.path);
    return this.aboutPaths('path.read', intent.searches ? forms.filter((form) => form !== ROOT) : forms);
  }
}

/** As a client would reach it: lower case, numbers of addresses written out, no dot at the end. Null for what is no address in the web. */
export function hostOf(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return /^https?:$/.test(protocol) && host !== '' ? host : null;
}
