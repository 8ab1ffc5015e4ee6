import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AiError } from '../../domain/kernel/errors.js';
import { inherit, runGit, type GitOptions, type RunGit } from './git.js';

/** What a person's own git needs to reach a remote: their configuration, their agent, their proxy. */
const INHERITED = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR', 'SSH_AUTH_SOCK', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'GIT_SSL_CAINFO', 'SSL_CERT_FILE'];
const REMOTE = /^(?!-)[^\s\p{Cc}]{1,1024}$/u;

export interface PushOrder {
  readonly remote: string;
  readonly commit: string;
  readonly ref: string;
}

/**
 * Pushes one commit from an empty repository that borrows the objects: the configuration of the real one, which an
 * agent may have written, could start programs on the way. Never forced, so a chain that was replaced is refused by the remote.
 */
export async function pushChain(options: GitOptions, git: RunGit, { remote, commit, ref }: PushOrder): Promise<void> {
  const url = await urlOf(git, options.cwd, remote);
  const objects = (await git({ args: ['rev-parse', '--path-format=absolute', '--git-path', 'objects'] })).stdout.trim();
  const folder = mkdtempSync(path.join(tmpdir(), 'ai-push-'));
  try {
    const env = { ...inherit(options.environment, INHERITED), LC_ALL: 'C.UTF-8', GIT_TERMINAL_PROMPT: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh' };
    const place = { run: options.run, cwd: folder };
    await runGit(place, { args: ['init', '--quiet', '--bare', '--template=', '.'], env });
    await runGit(place, { args: ['push', '--quiet', '--no-verify', '--end-of-options', url, `${commit}:${ref}`], env: { ...env, GIT_OBJECT_DIRECTORY: objects } });
  } catch (error) {
    throw error instanceof AiError && error.code === 'DATABASE_BUSY' ? new AiError({ code: 'GIT_FAILED', message: error.message, hint: 'ai audit verify', details: error.details }) : error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function urlOf(git: RunGit, cwd: string, remote: string): Promise<string> {
  if (!REMOTE.test(remote)) throw unknown(remote);
  const isName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(remote);
  const configured = isName ? await configuredUrl(git, remote) : '';
  const url = configured === '' && !isName ? remote : configured;
  if (url === '' || url.startsWith('-')) throw unknown(remote);
  // The push runs in another folder, so a path has to be whole.
  return isRelativePath(url) ? path.resolve(cwd, url) : url;
}

async function configuredUrl(git: RunGit, remote: string): Promise<string> {
  const { stdout } = await git({ args: ['config', '--local', '--get', `remote.${remote}.url`], answers: [0, 1] });
  return stdout.trim();
}

function isRelativePath(url: string): boolean {
  return !path.isAbsolute(url) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && !/^[^/]+:/.test(url);
}

function unknown(remote: string): AiError {
  return new AiError({ code: 'INVALID_INPUT', message: `There is no remote ${JSON.stringify(remote)} in this repository.`, hint: 'git remote -v', details: { remote } });
}
