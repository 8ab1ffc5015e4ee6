import type { ToolCall } from './tool-call.js';

/** What a call would do, as far as its arguments tell. Null stands for an argument that is missing or is no text. */
export type ToolIntent =
  | { readonly point: 'tool.use' }
  | { readonly point: 'command.run'; readonly command: string }
  | { readonly point: 'path.write'; readonly path: string }
  /** One file, or a search through everything below. */
  | { readonly point: 'path.read'; readonly path: string; readonly searches: boolean }
  | { readonly point: 'network.use'; readonly url: string | null }
  | { readonly point: 'skill.run'; readonly skill: string | null };

type Meaning = (input: ToolCall['input']) => readonly ToolIntent[];

/** Can't name a file: it is in no allow and in every deny. */
const NO_PATH = '';
/** Of a tool that searches: where the client is. */
const HERE = '.';

const writes = (key: string): Meaning => (input) => [{ point: 'path.write', path: textAt(input, key) ?? NO_PATH }];
const reads = (key: string): Meaning => (input) => [{ point: 'path.read', path: textAt(input, key) ?? NO_PATH, searches: false }];
const search: Meaning = (input) => [{ point: 'path.read', path: textOr(input, 'path', HERE), searches: true }];
const onlyTheTool: Meaning = () => [];

/** Names count exactly as the client writes them; a name that is not here is judged by its arguments. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['Bash', (input) => [{ point: 'command.run', command: textAt(input, 'command') ?? '' }]],
  ['Write', writes('file_path')],
  ['Edit', writes('file_path')],
  ['MultiEdit', writes('file_path')],
  ['NotebookEdit', writes('notebook_path')],
  ['Read', reads('file_path')],
  ['NotebookRead', reads('notebook_path')],
  ['Glob', search],
  ['LS', search],
  ['Grep', search],
  ['WebFetch', (input) => [{ point: 'network.use', url: textAt(input, 'url') }]],
  ['WebSearch', () => [{ point: 'network.use', url: null }]],
  ['Skill', (input) => [{ point: 'skill.run', skill: textAt(input, 'skill') ?? textAt(input, 'command') }]],
  ['Task', onlyTheTool],
  ['Agent', onlyTheTool],
  ['TodoWrite', onlyTheTool],
  ['SlashCommand', onlyTheTool],
]);

const PATH_KEYS = ['file_path', 'path', 'notebook_path'] as const;

/** Every call is a use of its tool, and besides what its arguments say. Never empty. */
export function toolIntents({ tool, input }: Pick<ToolCall, 'tool' | 'input'>): readonly ToolIntent[] {
  const meaning = MEANINGS.get(tool) ?? judgedByArguments;
  return [{ point: 'tool.use' }, ...meaning(input)];
}

/** Nobody knows what the tool does, so that whatever looks like a file may be written and whatever looks like a command may be run. */
const judgedByArguments: Meaning = (input) => {
  const command = textAt(input, 'command');
  const url = textAt(input, 'url');
  return [
    ...PATH_KEYS.filter((key) => Object.hasOwn(input, key)).map((key): ToolIntent => ({ point: 'path.write', path: textAt(input, key) ?? NO_PATH })),
    ...(command === null ? [] : [{ point: 'command.run', command } as const]),
    ...(url === null ? [] : [{ point: 'network.use', url } as const]),
  ];
};

function textAt(input: ToolCall['input'], key: string): string | null {
  const value = Object.hasOwn(input, key) ? input[key] : undefined;
  return typeof value === 'string' ? value : null;
}

/** The fallback when nothing was given; what was given and is no text can't name a file. */
function textOr(input: ToolCall['input'], key: string, fallback: string): string {
  const value = Object.hasOwn(input, key) ? input[key] : undefined;
  return value === undefined || value === null ? fallback : typeof value === 'string' && value !== '' ? value : NO_PATH;
}
