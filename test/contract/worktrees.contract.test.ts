import { createWorkspaces } from '../../src/adapters/worktrees/workspaces.js';
import { describeWorkspaces } from './worktrees.suite.js';

describeWorkspaces('git on the command line', createWorkspaces);
