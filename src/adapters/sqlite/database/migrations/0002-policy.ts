import type { Migration } from './migration.js';

const decision = `
  -- Requests and policies by their digest, each kept once. Not WITHOUT ROWID: the texts are long.
  CREATE TABLE decision_body (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    text TEXT NOT NULL
  ) STRICT;

  -- Every decision ever made. The columns beside the body are for searching; the body is what counts.
  CREATE TABLE decision (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 12 AND id GLOB 'd-*'),
    at INTEGER NOT NULL,
    point TEXT NOT NULL,
    effect TEXT NOT NULL CHECK (effect IN ('allow', 'ask', 'deny')),
    mode TEXT NOT NULL CHECK (mode IN ('enforce', 'observe')),
    code TEXT NOT NULL,
    task TEXT,
    run TEXT,
    agent TEXT,
    policy TEXT NOT NULL,
    input TEXT NOT NULL,
    body TEXT NOT NULL,
    body_sha256 TEXT NOT NULL CHECK (length(body_sha256) = 64)
  ) STRICT;
  -- Each list is one walk along the end of one of these, whatever the history holds.
  CREATE INDEX decision_at ON decision(at);
  CREATE INDEX decision_point ON decision(point, at);
  CREATE INDEX decision_effect ON decision(effect, at);
  CREATE INDEX decision_point_effect ON decision(point, effect, at);
  CREATE INDEX decision_task ON decision(task, at) WHERE task IS NOT NULL;
  CREATE INDEX decision_run ON decision(run, at) WHERE run IS NOT NULL;

  CREATE TRIGGER decision_unchanged BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
  CREATE TRIGGER decision_kept BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
  -- INSERT OR REPLACE would pass by the two above.
  CREATE TRIGGER decision_added BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision WHERE seq = NEW.seq OR id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
  -- Triggers, not foreign keys: for those SQLite would look through the decisions at each new text.
  CREATE TRIGGER decision_complete BEFORE INSERT ON decision
    WHEN NOT EXISTS (SELECT 1 FROM decision_body WHERE sha256 = NEW.policy) OR NOT EXISTS (SELECT 1 FROM decision_body WHERE sha256 = NEW.input)
    BEGIN SELECT RAISE(ABORT, 'a decision has its request and its policy'); END;
  CREATE TRIGGER decision_body_unchanged BEFORE UPDATE ON decision_body BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
  CREATE TRIGGER decision_body_kept BEFORE DELETE ON decision_body BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
  CREATE TRIGGER decision_body_added BEFORE INSERT ON decision_body WHEN EXISTS (SELECT 1 FROM decision_body WHERE sha256 = NEW.sha256 OR rowid = NEW.rowid)
    BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;`;

const approval = `
  CREATE TABLE approval (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 8 AND id GLOB 'a-*'),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'spent', 'expired')),
    action_digest TEXT NOT NULL,
    decision TEXT NOT NULL,
    task TEXT,
    run TEXT,
    -- The task that waits for it. No foreign key: the task may be deleted, the question stays.
    parked TEXT,
    expires_at INTEGER NOT NULL,
    spent_at INTEGER,
    spent_by TEXT,
    request TEXT NOT NULL,
    CHECK ((status = 'spent') = (spent_at IS NOT NULL)),
    CHECK ((spent_at IS NULL) = (spent_by IS NULL))
  ) STRICT;
  -- The condition is spelled with OR, so that a query for one of the two statuses can use the index.
  CREATE INDEX approval_action ON approval(action_digest) WHERE status = 'pending' OR status = 'approved';
  CREATE INDEX approval_due ON approval(expires_at) WHERE status = 'pending' OR status = 'approved';
  CREATE INDEX approval_status ON approval(status, num);
  CREATE INDEX approval_task ON approval(task, num) WHERE task IS NOT NULL;

  CREATE TRIGGER approval_asked_once BEFORE UPDATE OF num, id, action_digest, decision, task, run, expires_at, request ON approval
    BEGIN SELECT RAISE(ABORT, 'what an approval is for never changes'); END;
  CREATE TRIGGER approval_moves_on BEFORE UPDATE OF status ON approval
    WHEN NOT ((OLD.status = 'pending' AND NEW.status IN ('approved', 'denied', 'expired')) OR (OLD.status = 'approved' AND NEW.status IN ('spent', 'expired')))
    BEGIN SELECT RAISE(ABORT, 'a decided approval stays decided'); END;
  CREATE TRIGGER approval_kept BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'approvals are kept'); END;
  CREATE TRIGGER approval_added BEFORE INSERT ON approval
    WHEN NEW.status <> 'pending' OR EXISTS (SELECT 1 FROM approval WHERE num = NEW.num OR id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'an approval begins pending, and once'); END;

  CREATE TRIGGER approval_has_decision BEFORE INSERT ON approval WHEN NOT EXISTS (SELECT 1 FROM decision WHERE id = NEW.decision)
    BEGIN SELECT RAISE(ABORT, 'an approval belongs to a decision'); END;
  CREATE TRIGGER approval_spent_by_decision BEFORE UPDATE OF spent_by ON approval
    WHEN NEW.spent_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision WHERE id = NEW.spent_by)
    BEGIN SELECT RAISE(ABORT, 'an approval is spent by a decision'); END;

  -- 'person' is the name in the form in which two spellings of it are the same.
  CREATE TABLE approval_vote (
    approval INTEGER NOT NULL REFERENCES approval(num),
    person TEXT NOT NULL,
    voter TEXT NOT NULL CHECK (voter GLOB 'user:?*'),
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'deny')),
    reason TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (approval, person)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER approval_vote_added BEFORE INSERT ON approval_vote WHEN (SELECT status FROM approval WHERE num = NEW.approval) <> 'pending'
    BEGIN SELECT RAISE(ABORT, 'a decided approval takes no vote'); END;
  CREATE TRIGGER approval_vote_changed BEFORE UPDATE ON approval_vote
    WHEN OLD.approval <> NEW.approval OR OLD.person <> NEW.person OR (SELECT status FROM approval WHERE num = OLD.approval) <> 'pending'
    BEGIN SELECT RAISE(ABORT, 'a decided approval takes no vote'); END;
  CREATE TRIGGER approval_vote_kept BEFORE DELETE ON approval_vote BEGIN SELECT RAISE(ABORT, 'votes are kept'); END;`;

const budget = `
  -- Micro-dollars. The sums of a day are maintained: a claim reads one row, however many runs the day had.
  CREATE TABLE budget_day (
    day TEXT PRIMARY KEY CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    reserved INTEGER NOT NULL CHECK (reserved BETWEEN 0 AND 9007199254740991),
    settled INTEGER NOT NULL CHECK (settled BETWEEN 0 AND 9007199254740991)
  ) STRICT, WITHOUT ROWID;

  -- One for each lease that was granted against a budget. An open one counts as 'reserved', a settled one as 'settled'.
  CREATE TABLE budget_entry (
    token INTEGER PRIMARY KEY,
    day TEXT NOT NULL REFERENCES budget_day(day),
    task TEXT NOT NULL,
    run TEXT,
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    settled INTEGER CHECK (settled >= 0),
    at INTEGER NOT NULL,
    settled_at INTEGER,
    CHECK ((settled IS NULL) = (settled_at IS NULL))
  ) STRICT;`;

const override = `
  -- Overrides that were given at the command line.
  CREATE TABLE policy_override (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 8 AND id GLOB 'o-*'),
    rule TEXT NOT NULL,
    layer TEXT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    given_by TEXT NOT NULL,
    agent TEXT,
    task TEXT,
    added_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_by TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
  ) STRICT;
  CREATE INDEX policy_override_active ON policy_override(expires_at) WHERE revoked_at IS NULL;
  CREATE TRIGGER policy_override_unchanged BEFORE UPDATE ON policy_override
    WHEN OLD.revoked_at IS NOT NULL OR NEW.num <> OLD.num OR NEW.id <> OLD.id OR NEW.rule <> OLD.rule OR NEW.layer <> OLD.layer OR NEW.reason <> OLD.reason
      OR NEW.source <> OLD.source OR NEW.given_by <> OLD.given_by OR NEW.agent IS NOT OLD.agent OR NEW.task IS NOT OLD.task
      OR NEW.added_at <> OLD.added_at OR NEW.expires_at <> OLD.expires_at
    BEGIN SELECT RAISE(ABORT, 'an override can only be revoked'); END;
  CREATE TRIGGER policy_override_kept BEFORE DELETE ON policy_override BEGIN SELECT RAISE(ABORT, 'overrides are kept'); END;
  CREATE TRIGGER policy_override_added BEFORE INSERT ON policy_override
    WHEN NEW.revoked_at IS NOT NULL OR EXISTS (SELECT 1 FROM policy_override WHERE num = NEW.num OR id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'an override begins in force, and once'); END;`;

const checkpoint = `
  -- Signed roots over the first 'size' events.
  CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY CHECK (size >= 0),
    root TEXT NOT NULL CHECK (length(root) = 64),
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER checkpoint_unchanged BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
  CREATE TRIGGER checkpoint_kept BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
  CREATE TRIGGER checkpoint_added BEFORE INSERT ON checkpoint WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)
    BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;

  -- The right edge of the Merkle tree, so that a checkpoint reads only the events since the last one. Derived: it can be computed again.
  CREATE TABLE merkle_frontier (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL CHECK (size >= 0),
    hashes TEXT NOT NULL
  ) STRICT;

  -- Policies as they were loaded from a revision. A cache: an entry may be missing at any time.
  CREATE TABLE policy_revision (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
  ) STRICT;`;

export const policySchema: Migration = {
  version: 2,
  name: 'policy',
  rewritesData: false,
  statements: [decision, approval, budget, override, checkpoint],
};
