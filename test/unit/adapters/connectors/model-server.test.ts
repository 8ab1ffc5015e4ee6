import { afterEach, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from '../../../support/model-server/server.js';
import { refuse, runShell, say, type ModelScript } from '../../../support/model-server/turns.js';

let server: ModelServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const user = { role: 'user', content: 'go' };
const assistant = { role: 'assistant', content: 'ok' };

async function ask(script: ModelScript, body: object): Promise<Response> {
  server ??= await startModelServer(script);
  return fetch(`${server.url}/v1/messages`, { method: 'POST', headers: { 'x-api-key': 'k' }, body: JSON.stringify({ model: 'm', tools: [{ name: 'Bash' }], stream: true, ...body }) });
}

const events = async (response: Response): Promise<readonly string[]> => [...(await response.text()).matchAll(/^event: (.+)$/gm)].map((match) => match[1]!);

describe('the scripted model', () => {
  it('answers turn by turn, as a stream that a client can follow', async () => {
    const script = { turns: [runShell('ls'), say('Done.')] };
    const first = await ask(script, { messages: [user] });
    const text = await first.text();
    expect(text).toContain('"stop_reason":"tool_use"');
    expect(text.split('partial_json').length).toBeGreaterThan(2);
    expect(await events(await ask(script, { messages: [user, assistant, user] }))).toEqual(['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop']);
    expect(server?.requests.map((request) => [request.messages.length, request.tools, request.apiKey])).toEqual([
      [1, ['Bash'], 'k'],
      [3, ['Bash'], 'k'],
    ]);
  });

  it('refuses as a provider does, first or for ever', async () => {
    const script = { turns: [refuse(429, 3)], refuseFirst: { count: 1, turn: refuse(529) } };
    expect((await ask(script, { messages: [user] })).status).toBe(529);
    const limited = await ask(script, { messages: [user] });
    expect([limited.status, limited.headers.get('retry-after'), ((await limited.json()) as { error: { type: string } }).error.type]).toEqual([429, '3', 'rate_limit_error']);
  });

  it('cuts the connection, or answers without a stream', async () => {
    await expect(ask({ turns: [{ kind: 'drop', text: 'half' }] }, { messages: [user] }).then((response) => response.text())).rejects.toThrow();
    expect(await (await ask({ turns: [] }, { messages: [user], stream: false, tools: [] })).json()).toMatchObject({ content: [{ type: 'text', text: 'A short answer.' }] });
  });
});
