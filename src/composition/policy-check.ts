import path from 'node:path';
import { createConditionCompiler } from '../adapters/cel/condition-compiler.js';
import { createChangeSource } from '../adapters/changes/change-source.js';
import { createPolicyFiles } from '../adapters/policy-files/policy-files.js';
import { createProcesses } from '../adapters/process/processes.js';
import { writeReport } from '../adapters/report-files/write-report.js';
import { findRepository, gitDirOf } from '../adapters/git/find-repository.js';
import { subjectOf, timeFacts } from '../app/policy/subject.js';
import { loadCheckPolicy } from '../app/policy/tools/check-policy.js';
import type { OpenedCheck } from '../cli/commands/policy/check-host.js';
import { AiError } from '../domain/kernel/errors.js';
import { quote } from '../domain/kernel/ids.js';
import type { Facts } from '../domain/policy/facts.js';
import { currentCommitOf } from './current-commit.js';
import { once } from './once.js';
import { actorOf, sha256 } from './open-deps.js';
import { packsFolder, userPolicyFile } from './paths.js';

export interface CheckSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** `--root` or AI_ROOT. */
  readonly root: string | null;
  readonly nowMs: number;
}

/** What `ai policy check` works with: the repository around the current folder, also a fresh clone that `ai` has never run in. */
export function openPolicyCheck({ environment, cwd, root, nowMs }: CheckSurroundings): OpenedCheck {
  const folder = path.resolve(cwd, root ?? '.');
  const top = topOf(folder);
  const processes = once(async () => createProcesses());
  const changes = createChangeSource({ cwd: folder, run: async (order) => (await processes()).run(order), environment });
  const compiler = once(async () => createConditionCompiler());
  const files = createPolicyFiles({ root: top, globalFile: userPolicyFile(environment), packsFolder: packsFolder(), compiler, currentCommit: async () => currentCommitOf(top, changes), nowMs: () => nowMs });
  const readEvidence = once(async () => {
    const [{ createAuditAnchors }, { createVerifier }, { sha256: sha256Bytes }, { createEvidenceReader }] = await Promise.all([
      import('../adapters/audit-anchors/audit-anchors.js'),
      import('../adapters/signing-key/ed25519.js'),
      import('../adapters/signing-key/signing-keys.js'),
      import('../app/check/read-evidence.js'),
    ]);
    const anchors = createAuditAnchors({ cwd: top, run: async (order) => (await processes()).run(order), environment });
    return createEvidenceReader({ anchors, changes, sha256: sha256Bytes, verify: createVerifier() });
  });
  return {
    depsFor: (agent) => ({ changes, readEvidence: async (commit, trusted) => (await readEvidence())(commit, trusted), loadPolicy: (file) => loadCheckPolicy({ files, changes, sha256, nowMs }, file, agent) }),
    subject: subjectOfProcess(environment),
    facts: factsOf(folder, { environment, nowMs }),
    sha256,
    write: (file, content) => writeReport(cwd, file, content),
    toRepositoryPath: (name) => relativeTo(top, path.resolve(cwd, name), name),
  };
}

/** Roles and labels are in the database, which is not opened here: the check of a run, which has them, is repeated after it. */
function subjectOfProcess(environment: CheckSurroundings['environment']): OpenedCheck['subject'] {
  const actor = actorOf(environment);
  const subject = subjectOf({ agent: null, actor, task: environment['AI_TASK_ID'] ?? null, run: environment['AI_RUN_ID'] ?? null });
  return actor.startsWith('agent:') ? { ...subject, agent: subject.user } : subject;
}

function factsOf(folder: string, { environment, nowMs }: Pick<CheckSurroundings, 'environment' | 'nowMs'>): Facts {
  const branch = findRepository(folder)?.headBranch ?? null;
  const subject = subjectOfProcess(environment);
  return { ...timeFacts(nowMs), 'user.name': subject.user, ...(subject.agent === null ? {} : { 'agent.id': subject.agent }), ...(branch === null ? {} : { 'branch.name': branch }) };
}

/** The top of the working tree where we stand, which may be a linked one. */
function topOf(folder: string): string {
  for (let current = folder; ; current = path.dirname(current)) {
    if (gitDirOf(current) !== null) return current;
    if (path.dirname(current) === current) return folder;
  }
}

function relativeTo(top: string, absolute: string, name: string): string {
  const relative = path.relative(top, absolute).split(path.sep).join('/');
  if (relative !== '' && relative !== '..' && !relative.startsWith('../') && !path.isAbsolute(relative)) return relative;
  throw new AiError({ code: 'INVALID_INPUT', message: `${quote(name)} is no path within ${top}.`, hint: 'Name files of the repository.' });
}
