import type { Command } from 'commander';
import type { AppDeps } from '../app/deps.js';
import type { Host, OpenOptions } from './host.js';
import type { Answer, CommandContext } from './io.js';

/** What a verb that needs no control plane works with. */
export interface ShellContext extends CommandContext {
  readonly host: Host;
  readonly nowMs: number;
}

/** What a verb that works in a control plane gets: the same, and the world as use cases see it. */
export interface ProjectContext extends ShellContext {
  readonly deps: AppDeps;
}

/** Arguments as declared: a string each, a list for a variadic one, undefined for an optional one that is absent. */
export type Argument = string | readonly string[] | undefined;

/**
 * One command: words in, answer out. Undefined when it streamed its output by itself.
 * The types of arguments and options state what the declaration in the noun's index.ts promises.
 */
export type Verb<Context, Arguments extends readonly Argument[], Options> = (context: Context, args: Arguments, options: Options) => Promise<Answer | undefined>;

/** A handler as commander calls it: the arguments, then the options, then the command itself. */
export type ActionHandler = (...parameters: unknown[]) => Promise<void>;

/** What a noun's `register` function declares its verbs with. Loading is left to the call, so that a command pays for itself only. */
export interface Shell {
  /** For a verb that works in a control plane: opens it, runs the verb, prints its answer. Repairs first unless told not to. */
  action<Arguments extends readonly Argument[], Options>(load: () => Promise<Verb<ProjectContext, Arguments, Options>>, open?: OpenOptions): ActionHandler;
  /** For a verb that works without a control plane. */
  bareAction<Arguments extends readonly Argument[], Options>(load: () => Promise<Verb<ShellContext, Arguments, Options>>): ActionHandler;
}

/** Declares all verbs of one noun below `parent`, or one verb of the root. */
export type Register = (parent: Command, shell: Shell) => void;
