import { Command, CommanderError } from 'commander';
import { addGlobalOptions, firstOperand, guessGlobals } from './globals.js';
import { AGENT_ALIASES, NOUNS } from './nouns.js';
import { createShell, type Session } from './run-command.js';

const EPILOGUE = `
Aliases: ai register, ai list and ai label stand for ai agent register, list and label.

Examples:
  $ ai init
  $ ai task create "Write the parser" --lock "src/parser/**" --verify "npm test"
  $ ai task execute t-4k9 --agent claude
  $ ai help task claim`;

/**
 * Parses the words after `ai` and runs what they name. Throws AiError (USAGE for a line that can't be
 * understood) and whatever the command throws.
 */
export async function runProgram(argv: readonly string[], session: Session): Promise<void> {
  const words = rewrite(argv);
  const output = { text: '' };
  const program = buildRoot(session.host.version, output);
  await addNouns(program, words[firstOperand(words)], session);
  try {
    if (firstOperand(words) === -1 && words.every((word) => word.startsWith('-') && word !== '--')) program.action(() => program.help());
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw (await import('./usage-error.js')).usageError(error, words, program);
    await printText(session, words, { text: output.text.trimEnd(), isVersion: error.code === 'commander.version' });
  }
}

function buildRoot(version: string, output: { text: string }): Command {
  const program = new Command('ai')
    .description('A local-first control plane for AI coding agents: tasks, leases, path locks and proof, in one SQLite file.')
    .enablePositionalOptions()
    .exitOverride()
    .helpCommand(false)
    .configureOutput({ writeOut: (text) => (output.text += text), writeErr: () => undefined, getOutHelpWidth: () => 100, getErrHelpWidth: () => 100 })
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', EPILOGUE);
  addGlobalOptions(program);
  return program;
}

async function addNouns(program: Command, wanted: string | undefined, session: Session): Promise<void> {
  const shell = createShell(session);
  for (const [name, noun] of Object.entries(NOUNS)) {
    program.commandsGroup(noun.group);
    if (name === wanted) (await noun.load())(program, shell);
    else program.command(name).description(noun.summary);
  }
}

/** `ai help task claim` is `ai task claim --help`, and the aliases are spelled out. */
function rewrite(argv: readonly string[]): readonly string[] {
  const at = firstOperand(argv);
  const word = argv[at];
  if (word === 'help') return rewrite([...argv.slice(0, at), ...argv.slice(at + 1), '--help']);
  return word !== undefined && AGENT_ALIASES.has(word) ? [...argv.slice(0, at), 'agent', ...argv.slice(at)] : argv;
}

/** Help and version end the parsing where they stand, so that options behind them are known from the words alone. */
async function printText(session: Session, words: readonly string[], { text, isVersion }: { readonly text: string; readonly isVersion: boolean }): Promise<void> {
  const globals = guessGlobals(words, session.host.environment);
  const isJson = globals.json || globals.jsonl;
  const answer = isVersion && isJson ? { kind: 'version', data: (await import('./commands/project/version.js')).versionFacts(session.host) } : { kind: 'help', data: { text } };
  const { printAnswer } = await import('./print-answer.js');
  printAnswer(session.openIo(globals), { ...answer, text: () => text }, { json: isJson, idOnly: false, nowMs: session.host.nowMs() });
}
