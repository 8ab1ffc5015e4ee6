import type { Answer } from '../../io.js';
import type { ProjectContext } from '../../shell.js';

/** The JSON Schema of a policy file, for editors. */
export async function runSchema({ deps }: ProjectContext): Promise<Answer> {
  const schema = await (await deps.policyFiles()).schema();
  return { kind: 'policy.schema', data: { schema }, text: () => JSON.stringify(schema, null, 2) };
}
