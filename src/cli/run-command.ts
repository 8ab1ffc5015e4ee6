import type { Command } from 'commander';
import { globalsOf, withoutGlobals } from './globals.js';
import type { GlobalOptions, Host } from './host.js';
import type { Answer, Io } from './io.js';
import type { ActionHandler, Argument, Shell, ShellContext, Verb } from './shell.js';

/** What one call of the program runs with. */
export interface Session {
  readonly host: Host;
  /** Called once the global options are known. */
  openIo(globals: GlobalOptions): Io;
  setExitCode(code: number): void;
}

/** The shell that nouns declare their verbs with. */
export function createShell(session: Session): Shell {
  return {
    action: (load, open = { repair: true }) =>
      handler(session, load, async (context) => ({ ...context, deps: await session.host.open(context.globals, { ...open, note: (text) => context.io.note(text) }) })),
    bareAction: (load) => handler(session, load, (context) => Promise.resolve(context)),
  };
}

function handler<Context extends ShellContext, Arguments extends readonly Argument[], Options>(
  session: Session,
  load: () => Promise<Verb<Context, Arguments, Options>>,
  enrich: (context: ShellContext) => Promise<Context>,
): ActionHandler {
  return async (...parameters) => {
    const { args, options, command } = splitParameters(parameters);
    const globals = globalsOf(command, session.host.environment);
    const io = session.openIo(globals);
    const nowMs = session.host.nowMs();
    const [run, context] = await Promise.all([load(), enrich({ io, globals, host: session.host, nowMs })]);
    // What commander hands over is untyped; the declaration beside the verb is what makes these types true.
    const answer = await run(context, args as unknown as Arguments, options as Options);
    await finish(session, io, { answer, json: globals.json || globals.jsonl, idOnly: options['idOnly'] === true, nowMs });
    await io.drained();
    await session.host.afterCommand();
  };
}

interface Finished {
  readonly answer: Answer | undefined;
  readonly json: boolean;
  readonly idOnly: boolean;
  readonly nowMs: number;
}

async function finish(session: Session, io: Io, { answer, ...options }: Finished): Promise<void> {
  if (answer === undefined) return;
  const { printAnswer } = await import('./print-answer.js');
  printAnswer(io, answer, options);
  if (answer.exitCode !== undefined) session.setExitCode(answer.exitCode);
}

function splitParameters(parameters: readonly unknown[]): { readonly args: readonly unknown[]; readonly options: Readonly<Record<string, unknown>>; readonly command: Command } {
  return { args: parameters.slice(0, -2), options: withoutGlobals(parameters.at(-2) as Record<string, unknown>), command: parameters.at(-1) as Command };
}
