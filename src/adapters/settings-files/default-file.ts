/** What `ai init` writes to `.ai/config.yaml`: every setting with its default, commented out. A test reads it back. */
export const DEFAULT_SETTINGS_FILE = `# Settings of this repository; commit this file. Everything here is optional, and the
# values shown are the defaults. Your own settings go to $XDG_CONFIG_HOME/ai/config.yaml
# (usually ~/.config/ai/config.yaml); what is set here wins over them.

#task:
#  maxAttempts: 3
#  isolation: null          # worktree or none; null: worktree in a git repository
#  targetBranch: null       # branch that work lands on; null: the one current at creation

#lease:
#  ttl: 1m                  # a worker that gives no heartbeat for this long loses its task

#execution:
#  agent: null              # agent of tasks that name none; null: the best that is free
#  timeout: 1h              # of one run
#  stallTimeout: 10m        # without any sign of life
#  verifyTimeout: 15m       # of each verify command
#  interrupt: 2s            # how long an agent has after each step of being stopped
#  sigint: 3s
#  sigterm: 5s
#  maxOutput: 256MiB        # raw output kept of one run
#  setup: []                # shell commands run in a fresh worktree, such as npm ci
#  copyFiles: []            # untracked files copied into it, such as .env
`;
