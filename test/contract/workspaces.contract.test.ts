import { createWorkspaces } from '../../src/adapters/git/workspaces.js';
import { describeWorkspaces } from './workspaces.suite.js';

describeWorkspaces('git on the command line', createWorkspaces);
