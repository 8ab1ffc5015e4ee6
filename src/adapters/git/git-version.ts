import { AiError } from '../../domain/kernel/errors.js';

/** `git merge-tree --write-tree` came with 2.38. */
const OLDEST = { major: 2, minor: 38 };
export const INSTALL_HINT = 'Install git 2.38 or newer: `apt install git`, `dnf install git`, `brew install git`, or https://git-scm.com/downloads';

/** Throws GIT_FAILED for the output of `git version` of a git that is too old. */
export function requireGitVersion(output: string): void {
  const [, major = '', minor = ''] = /(\d+)\.(\d+)/.exec(output) ?? [];
  const isEnough = Number(major) > OLDEST.major || (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor);
  if (isEnough) return;
  throw new AiError({
    code: 'GIT_FAILED',
    message: `Git ${OLDEST.major}.${OLDEST.minor} or newer is needed, and this one is ${major === '' ? JSON.stringify(output.trim().slice(0, 80)) : `${major}.${minor}`}.`,
    hint: INSTALL_HINT,
    details: { found: output.trim().slice(0, 80), needed: `${OLDEST.major}.${OLDEST.minor}` },
  });
}
