import { describe, expect, it } from 'vitest';
import type { ProcessEntry } from '../../../../src/adapters/process/process-table.js';
import { createProofWriter } from '../../../../src/adapters/process/stop-proof.js';
import { sweep } from '../../../../src/adapters/process/sweep.js';
import type { Sighting, Tracker } from '../../../../src/adapters/process/tracker.js';

// A tracker that shows what no test can make the kernel show on demand.
const entry = (pid: number): ProcessEntry => ({ pid, ppid: 1, pgid: pid, startTime: '1', alive: true });
const nothing: Sighting = { members: [], guards: [], unclear: false };

function scripted(sightings: readonly Sighting[], over: Partial<Tracker> = {}): { readonly tracker: Tracker; readonly looks: () => number } {
  let looks = 0;
  const tracker: Tracker = {
    look: () => sightings[Math.min((looks += 1), sightings.length) - 1] ?? nothing,
    stillAlive: () => [],
    signalGroup: () => true,
    signalEach: (entries) => entries,
    ...over,
  };
  return { tracker, looks: () => looks };
}

describe('the sweep', () => {
  it('looks again while some process can not be judged, for example in the middle of an exec', async () => {
    const proof = createProofWriter();
    const { tracker } = scripted([{ ...nothing, unclear: true }, { ...nothing, unclear: true }, { ...nothing, members: [entry(7)] }, nothing]);
    expect(await sweep(tracker, proof)).toEqual([]);
    expect(proof.finish([]).steps).toEqual([{ step: 'sweep_term', pids: [7] }]);
  });

  it('believes in the end that nothing is there, where something always stays unclear', async () => {
    const { tracker, looks } = scripted([{ ...nothing, unclear: true }]);
    expect(await sweep(tracker, createProofWriter())).toEqual([]);
    expect(looks()).toBe(10);
  });

  it('gives up on a process that may not be signalled, and names it as a survivor', async () => {
    const foreign = entry(9);
    const proof = createProofWriter();
    const { tracker } = scripted([{ ...nothing, members: [foreign] }], { stillAlive: (entries) => entries, signalEach: () => [] });
    const survivors = await sweep(tracker, proof);
    expect(survivors).toEqual([foreign]);
    expect(proof.finish(survivors)).toMatchObject({ steps: [], survivors: [9] });
  });

  it('ends the guards last, and names one that would not go', async () => {
    const signalled: string[] = [];
    const guard = entry(3);
    const { tracker } = scripted([{ members: [entry(5)], guards: [guard], unclear: false }, { ...nothing, guards: [guard] }], {
      signalEach: (entries, signal) => {
        for (const { pid } of entries) signalled.push(`${signal} ${pid}`);
        return entries;
      },
      stillAlive: (entries) => entries.filter(({ pid }) => pid === 3),
    });
    expect(await sweep(tracker, createProofWriter())).toEqual([guard]);
    expect(signalled).toEqual(['SIGTERM 5', 'SIGKILL 3']);
  });
});
