import type { Migration } from './migration.js';

const meta = `
  -- What changes with nearly every transaction, together on one page: 'fence' (the last token, and the boot it
  -- was drawn in), 'head' (the newest event's number and hash, so that a cut tail is seen), and the number of
  -- tasks in each status, so that ai status costs the same with a million finished tasks.
  CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 9007199254740991),
    text TEXT NOT NULL DEFAULT ''
  ) STRICT, WITHOUT ROWID;
  INSERT INTO meta(name, number, text) VALUES ('fence', 0, ''), ('head', 0, '${'0'.repeat(64)}');
  INSERT INTO meta(name, number) VALUES
    ('queued', 0), ('claimed', 0), ('running', 0), ('blocked', 0), ('paused', 0), ('review', 0), ('done', 0), ('failed', 0), ('cancelled', 0), ('skipped', 0);

  CREATE TABLE schema_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;

  CREATE TABLE idempotency (
    kind TEXT NOT NULL CHECK (kind IN ('task', 'subtask')),
    key TEXT NOT NULL,
    ids TEXT NOT NULL,
    input_digest TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;`;

const task = `
  -- The state of a task: short rows, because every claim rewrites one. What a person stated is in task_spec.
  CREATE TABLE task (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL DEFAULT 1,
    status TEXT NOT NULL CHECK (status IN ('queued', 'claimed', 'running', 'blocked', 'paused', 'review', 'done', 'failed', 'cancelled', 'skipped')),
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
    requires_any INTEGER NOT NULL CHECK (requires_any IN (0, 1)),
    parent INTEGER REFERENCES task(num),
    open_dependencies INTEGER NOT NULL DEFAULT 0 CHECK (open_dependencies >= 0),
    blocked_reason TEXT,
    not_before INTEGER,
    -- No foreign key: SQLite rewrites every index of a row whose reference to its own table changes, and this one changes with every claim.
    parked_on INTEGER,
    lock_wait_since INTEGER,
    lease_token INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    lost INTEGER NOT NULL DEFAULT 0 CHECK (lost >= 0),
    parts_total INTEGER NOT NULL DEFAULT 0,
    parts_done INTEGER NOT NULL DEFAULT 0 CHECK (parts_done BETWEEN 0 AND parts_total),
    progress INTEGER NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    error_class TEXT,
    error_message TEXT,
    progress_note TEXT,
    result TEXT,
    CHECK ((status IN ('claimed', 'running')) = (lease_token IS NOT NULL)),
    CHECK ((status IN ('done', 'failed', 'cancelled', 'skipped')) = (finished_at IS NOT NULL)),
    CHECK (status <> 'queued' OR open_dependencies = 0),
    CHECK (status <> 'blocked' OR open_dependencies > 0 OR blocked_reason IS NOT NULL),
    CHECK (blocked_reason IS NULL OR status IN ('blocked', 'paused', 'review')),
    CHECK (not_before IS NULL OR status IN ('queued', 'blocked')),
    CHECK ((parked_on IS NULL AND lock_wait_since IS NULL) OR status = 'queued'),
    CHECK ((error_class IS NULL) = (error_message IS NULL))
  ) STRICT;
  CREATE INDEX task_ready ON task(priority, num) WHERE status = 'queued' AND not_before IS NULL AND parked_on IS NULL;
  CREATE INDEX task_due ON task(not_before) WHERE status = 'queued' AND not_before IS NOT NULL;
  CREATE INDEX task_parked ON task(parked_on) WHERE parked_on IS NOT NULL;
  CREATE INDEX task_status ON task(status, num);
  CREATE INDEX task_parent ON task(parent, num) WHERE parent IS NOT NULL;

  CREATE TABLE task_spec (
    task INTEGER PRIMARY KEY REFERENCES task(num) ON DELETE CASCADE,
    title TEXT NOT NULL,
    type TEXT NOT NULL,
    agent TEXT,
    project TEXT,
    isolation TEXT NOT NULL CHECK (isolation IN ('worktree', 'none')),
    timeout_ms INTEGER,
    budget_usd TEXT,
    max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
    target_branch TEXT,
    requires TEXT NOT NULL,
    skills TEXT NOT NULL,
    verify TEXT NOT NULL,
    description TEXT NOT NULL
  ) STRICT;
  CREATE INDEX task_spec_agent ON task_spec(agent, task) WHERE agent IS NOT NULL;
  CREATE INDEX task_spec_project ON task_spec(project, task) WHERE project IS NOT NULL;

  CREATE TABLE task_label (
    task INTEGER NOT NULL REFERENCES task(num) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (task, position)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX task_label_label ON task_label(label, task);

  CREATE TABLE dependency (
    task INTEGER NOT NULL REFERENCES task(num) ON DELETE CASCADE,
    dependency INTEGER NOT NULL REFERENCES task(num),
    position INTEGER NOT NULL,
    PRIMARY KEY (task, dependency),
    CHECK (task <> dependency)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dependency_reverse ON dependency(dependency, task);

  CREATE TABLE subtask (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    task INTEGER NOT NULL REFERENCES task(num) ON DELETE CASCADE,
    title TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    completed_at INTEGER
  ) STRICT;
  CREATE INDEX subtask_task ON subtask(task, num);`;

const counters = `
  CREATE TRIGGER task_counted AFTER INSERT ON task BEGIN
    UPDATE meta SET number = number + 1 WHERE name = NEW.status;
  END;
  CREATE TRIGGER task_uncounted AFTER DELETE ON task BEGIN
    UPDATE meta SET number = number - 1 WHERE name = OLD.status;
  END;
  CREATE TRIGGER task_recounted AFTER UPDATE OF status ON task WHEN OLD.status <> NEW.status BEGIN
    UPDATE meta SET number = number - 1 WHERE name = OLD.status;
    UPDATE meta SET number = number + 1 WHERE name = NEW.status;
  END;`;

const lease = `
  -- As many rows as there are workers, so that a search for the expired reads them all and needs no index.
  CREATE TABLE lease (
    task INTEGER PRIMARY KEY REFERENCES task(num),
    token INTEGER NOT NULL,
    holder TEXT NOT NULL,
    host TEXT NOT NULL,
    run TEXT,
    boot_id TEXT NOT NULL,
    ttl_ms INTEGER NOT NULL CHECK (ttl_ms > 0),
    granted_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    deadline_mono REAL NOT NULL,
    stop_kind TEXT CHECK (stop_kind IN ('cancel', 'pause', 'block', 'skip')),
    stop_reason TEXT,
    CHECK (stop_kind IS NOT NULL OR stop_reason IS NULL)
  ) STRICT;

  -- A claimed or running task has its lease, whatever a program does: the row of the task names the token.
  CREATE TRIGGER lease_exists AFTER UPDATE OF lease_token ON task
    WHEN NEW.lease_token IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lease WHERE task = NEW.num AND token = NEW.lease_token)
    BEGIN SELECT RAISE(ABORT, 'a claimed task has a lease'); END;
  CREATE TRIGGER lease_stays BEFORE DELETE ON lease
    WHEN EXISTS (SELECT 1 FROM task WHERE num = OLD.task AND lease_token = OLD.token)
    BEGIN SELECT RAISE(ABORT, 'a claimed task keeps its lease'); END;
  CREATE TRIGGER lease_token_stays BEFORE UPDATE OF task, token ON lease
    BEGIN SELECT RAISE(ABORT, 'a lease keeps its task and token'); END;

  -- What a task declares that it will write or read.
  CREATE TABLE task_lock (
    task INTEGER NOT NULL REFERENCES task(num) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('exclusive', 'shared')),
    prefix TEXT NOT NULL,
    PRIMARY KEY (task, position)
  ) STRICT, WITHOUT ROWID;

  -- What is held (with the token of the lease) or reserved (without). Searched by literal prefix; the rows of a
  -- task are found through its task_lock, so that a claim has one index less to write.
  CREATE TABLE path_lock (
    prefix TEXT NOT NULL,
    task INTEGER NOT NULL REFERENCES task(num),
    position INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('exclusive', 'shared')),
    token INTEGER,
    since INTEGER NOT NULL,
    PRIMARY KEY (prefix, task, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX path_lock_reserved ON path_lock(task) WHERE token IS NULL;`;

const run = `
  CREATE TABLE agent (
    id TEXT PRIMARY KEY,
    connector TEXT NOT NULL,
    role TEXT,
    model TEXT,
    labels TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    concurrency INTEGER NOT NULL CHECK (concurrency >= 1),
    argv TEXT NOT NULL,
    env TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    paused_reason TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE run (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    task INTEGER NOT NULL REFERENCES task(num) ON DELETE CASCADE,
    token INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    agent TEXT NOT NULL,
    connector TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('claimed', 'workspace', 'spawning', 'running', 'collecting', 'verifying', 'finishing', 'ended')),
    host TEXT NOT NULL,
    supervisor TEXT NOT NULL,
    process TEXT,
    workspace TEXT,
    branch TEXT,
    base TEXT,
    head TEXT,
    outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'verification_failed', 'write_outside_scope', 'policy_denied', 'timed_out', 'stalled', 'cancelled', 'lease_lost', 'budget_exhausted', 'crashed')),
    error_class TEXT,
    error_message TEXT,
    exit_code INTEGER,
    signal TEXT,
    session_ref TEXT,
    changed_files TEXT NOT NULL DEFAULT '[]',
    outside_scope TEXT NOT NULL DEFAULT '[]',
    checks TEXT NOT NULL DEFAULT '[]',
    usage TEXT NOT NULL DEFAULT '{"inputTokens":null,"outputTokens":null,"costUsd":null}',
    evidence TEXT NOT NULL DEFAULT '[]',
    started_at INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL,
    finished_at INTEGER,
    landed_commit TEXT,
    CHECK ((phase = 'ended') = (finished_at IS NOT NULL)),
    CHECK (phase <> 'ended' OR outcome IS NOT NULL)
  ) STRICT;
  CREATE INDEX run_task ON run(task, num);
  CREATE INDEX run_live ON run(agent) WHERE phase <> 'ended';`;

const event = `
  CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    type TEXT NOT NULL,
    task TEXT,
    run TEXT,
    token INTEGER,
    data TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_task ON event(task, seq) WHERE task IS NOT NULL;
  CREATE INDEX event_run ON event(run, seq) WHERE run IS NOT NULL;
  CREATE TRIGGER event_unchanged BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  -- INSERT OR REPLACE would pass by the trigger below.
  CREATE TRIGGER event_added BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
  CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;`;

export const initialSchema: Migration = {
  version: 1,
  name: 'initial',
  rewritesData: false,
  statements: [meta, task, counters, lease, run, event],
};
