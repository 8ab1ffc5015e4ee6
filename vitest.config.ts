import { defineConfig } from 'vitest/config';

// Tests run in parallel, each in temporary folders of its own. Timeouts are generous because
// the suites start real processes on machines that may be busy; no test measures time.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/chaos/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/support/property-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
  },
});
