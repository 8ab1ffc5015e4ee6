import { createProcesses } from '../../src/adapters/process/processes.js';
import { describeProcesses } from './processes.suite.js';

describeProcesses('the processes of this machine', () => createProcesses());
