import type { BudgetStore } from '../../../ports/budget-store.js';
import type { Connection } from '../database/connection.js';
import { dayUsage } from './budget-days.js';
import { settleBudget } from './settle-budget.js';

export function budgetStore(connection: Connection): BudgetStore {
  return {
    settleBudget: async ({ token, micros }) => connection.write('settle', (transaction) => settleBudget(transaction, token, micros)),
    dayUsage: async (day) => connection.read((sql) => dayUsage(sql, day)),
  };
}
