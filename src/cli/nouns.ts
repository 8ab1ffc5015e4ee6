import type { Register } from './shell.js';

export interface Noun {
  readonly summary: string;
  readonly group: string;
  /** Loads the declaration of its verbs, without the verbs themselves. */
  readonly load: () => Promise<Register>;
}

const PROJECT = 'This repository:';
const WORK = 'Work:';
const RULES = 'The rules:';
const RECORD = 'The record:';
const TOOL = 'The tool:';

/** Everything that may follow `ai`. Only the one that the line names is loaded. */
export const NOUNS: Readonly<Record<string, Noun>> = {
  init: { group: PROJECT, summary: 'make this repository a control plane', load: async () => (await import('./commands/project/index.js')).registerInit },
  status: { group: PROJECT, summary: 'what is going on, on one screen', load: async () => (await import('./commands/project/index.js')).registerStatus },
  doctor: { group: PROJECT, summary: 'find what is broken, and repair it with --fix', load: async () => (await import('./commands/project/index.js')).registerDoctor },
  demo: { group: PROJECT, summary: 'see it all work, in a temporary folder', load: async () => (await import('./commands/project/index.js')).registerDemo },

  task: { group: WORK, summary: 'create, claim, execute and land tasks', load: async () => (await import('./commands/task/index.js')).registerTask },
  subtask: { group: WORK, summary: 'the checklist of a task', load: async () => (await import('./commands/subtask/index.js')).registerSubtask },
  agent: { group: WORK, summary: 'register the agents that do the work', load: async () => (await import('./commands/agent/index.js')).registerAgent },

  policy: { group: RULES, summary: 'what agents may do, and where they ask first', load: async () => (await import('./commands/policy/index.js')).registerPolicy },
  approval: { group: RULES, summary: 'what waits for the word of a person', load: async () => (await import('./commands/approval/index.js')).registerApproval },
  hooks: { group: RULES, summary: 'check policy before a commit and a push', load: async () => (await import('./commands/hooks/index.js')).registerHooks },
  pdr: { group: RULES, summary: 'the record of every decision, and why', load: async () => (await import('./commands/pdr/index.js')).registerPdr },

  audit: { group: RECORD, summary: 'the tamper-evident log of every change', load: async () => (await import('./commands/audit/index.js')).registerAudit },
  events: { group: RECORD, summary: 'events as they happen, for programs', load: async () => (await import('./commands/audit/index.js')).registerEvents },

  hook: { group: TOOL, summary: 'what the hooks of agent programs run', load: async () => (await import('./commands/hook/index.js')).registerHook },
  schema: { group: TOOL, summary: 'JSON Schemas of everything that --json prints', load: async () => (await import('./commands/project/index.js')).registerSchema },
  version: { group: TOOL, summary: 'the version of ai and what it runs on', load: async () => (await import('./commands/project/index.js')).registerVersion },
};

/** Short forms of `ai agent …`. */
export const AGENT_ALIASES: ReadonlySet<string> = new Set(['register', 'list', 'label']);
