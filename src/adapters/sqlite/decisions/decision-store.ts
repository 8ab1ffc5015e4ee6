import type { DecisionStore } from '../../../ports/decision-store.js';
import type { Connection } from '../database/connection.js';
import { findApprovalIds, findGranted, listApprovals } from './approval-queries.js';
import { getApprovalRow, toApproval } from './approval-rows.js';
import { readBody } from './decision-bodies.js';
import { findDecisionIds, getDecision, listDecisions } from './decision-queries.js';
import { recordDecision } from './record-decision.js';
import { spendLeft } from './spend-approvals.js';
import { voteOnApproval } from './vote.js';

export function decisionStore(connection: Connection): DecisionStore {
  const read = connection.read.bind(connection);
  const nowMs = (): number => connection.now().wallMs;
  return {
    recordDecision: async (decision) => recordDecision(connection, decision),
    spendApprovals: async (id) => connection.write('spend', (transaction) => spendLeft(transaction, getDecision(transaction, id))),
    getDecision: async (id) => read((sql) => getDecision(sql, id)),
    findDecisionIds: async (prefix, limit) => read((sql) => findDecisionIds(sql, prefix, limit)),
    listDecisions: async (filter, page) => read((sql) => listDecisions(sql, filter, page)),
    getDecisionBody: async (sha256) => read((sql) => readBody(sql, sha256)),
    getApproval: async (id) => read((sql) => toApproval(sql, getApprovalRow(sql, id), nowMs())),
    findApprovalIds: async (prefix, limit) => read((sql) => findApprovalIds(sql, prefix, limit)),
    listApprovals: async (filter, limit) => read((sql) => listApprovals(sql, filter, { limit, nowMs: nowMs() })),
    findGrantedApprovals: async (actionDigest) => read((sql) => findGranted(sql, actionDigest, nowMs())),
    voteOnApproval: async (id, vote) => voteOnApproval(connection, id, vote),
  };
}
