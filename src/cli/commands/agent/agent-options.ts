import type { AgentInput } from '../../../app/agents/manage-agents.js';
import { AiError } from '../../../domain/kernel/errors.js';
import { quote } from '../../../domain/kernel/ids.js';
import { emptyIsNull, wholeNumber, words } from '../options.js';

/** What `register` and `update` have in common, as commander hands it over. */
export interface AgentOptions {
  readonly role?: string;
  readonly model?: string;
  readonly label?: readonly string[];
  readonly capability?: readonly string[];
  readonly concurrency?: string;
  readonly env?: readonly string[];
}

const MAX_CONCURRENCY = 256;

/** Only the keys that were given; an empty value clears. Throws INVALID_INPUT. */
export function agentInput(options: AgentOptions, argv: readonly string[]): AgentInput {
  const { role, model, label, capability, concurrency, env } = options;
  return {
    role: role === undefined ? undefined : emptyIsNull(role),
    model: model === undefined ? undefined : emptyIsNull(model),
    labels: label === undefined ? undefined : words(label),
    capabilities: capability === undefined ? undefined : words(capability),
    concurrency: concurrency === undefined ? undefined : wholeNumber(concurrency, { name: '--concurrency', min: 1, max: MAX_CONCURRENCY }),
    env: env === undefined ? undefined : variableNames(env),
    argv: argv.length === 0 ? undefined : argv,
  };
}

/** A value that was given by mistake is a secret: it must not be echoed, not even in the refusal. */
function variableNames(values: readonly string[]): string[] {
  const given = values.find((value) => value.includes('='));
  if (given === undefined) return words(values);
  const name = given.slice(0, given.indexOf('='));
  throw new AiError({ code: 'INVALID_INPUT', message: `--env takes the name of a variable, never its value: ${quote(name)}.`, hint: `--env ${/^\w+$/.test(name) ? name : 'NAME'}` });
}
