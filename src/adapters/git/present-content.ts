import { rm, writeFile } from 'node:fs/promises';
import { needFacts, type Context } from './context.js';
import { objectIdBytes, type Facts } from './facts.js';
import { contentOrder, freezeRulesOfTree, makeState, readState, viewOf, writeState } from './private-state.js';
import { statePlace, type StateFacts, type StatePlace } from './state-place.js';
import { makePrivateGitDir, privateView, type PrivateView } from './private-view.js';
import type { RecordedContent } from './record-content.js';
import { recordWorkTree } from './submodules.js';

export interface WorktreeOrder {
  readonly name: string;
  readonly workTree: string;
  readonly base: string;
  /** Tip of the task's branch; what the agent has committed by itself stays tracked even where a rule ignores it. */
  readonly tip: string | null;
}

/** The present content of a worktree, through the view that was made with it, or one made now when that is gone. */
export async function presentContent(context: Context, order: WorktreeOrder): Promise<RecordedContent> {
  const facts = await needFacts(context);
  const place = statePlace(context.aiFolder, order.name);
  const opened = await openState(context, place, { ...order, facts });
  const content = contentOrder(place, order.workTree, facts);
  if (order.tip === null || opened.start === order.tip) return recordWorkTree(context.git, { ...content, indexTree: opened.tree });
  await context.git({ ...content.view, args: ['read-tree', '-i', '-m', order.tip] });
  return recordWorkTree(context.git, content);
}

/** The index matches this commit and tree now, and the next look can begin from there. */
export async function settleState(context: Context, place: StatePlace, settled: { readonly facts: StateFacts; readonly tree: string | null }): Promise<void> {
  await writeState(place, settled.facts);
  await context.seals.seal(place, settled);
}

type Opening = WorktreeOrder & { readonly facts: Facts };

/** What the index was read from. The tree is known only where nobody else can have written since. */
interface Opened {
  readonly start: string;
  readonly tree: string | null;
}

async function openState(context: Context, place: StatePlace, order: Opening): Promise<Opened> {
  const broken = await context.seals.findBroken(place);
  if (broken !== null) return restoreState(context, place, { ...order, rules: broken.rules, start: broken.facts.start });
  const state = await readState(place);
  if (state === null) return rebuildState(context, place, order);
  // The folder is written anew each time: an agent that found it could have named programs in it.
  // The lock can only be that of a git of ours which was killed.
  await Promise.all([makePrivateGitDir(place.folder, order.facts.config), rm(`${place.indexFile}.lock`, { force: true })]);
  return { start: state.start, tree: context.seals.find(place)?.tree ?? null };
}

/** Without the dates in the index every file is read again. */
async function restoreState(context: Context, place: StatePlace, order: Opening & { readonly rules: Buffer; readonly start: string }): Promise<Opened> {
  await makeState(place, order.facts);
  await writeFile(place.excludeFile, order.rules);
  await context.git({ ...viewOf(place, order.workTree, order.facts), args: ['read-tree', order.start] });
  return { start: order.start, tree: null };
}

/** After a crash, or for a worktree that an older version made. */
async function rebuildState(context: Context, place: StatePlace, { base, facts, workTree }: Opening): Promise<Opened> {
  await makeState(place, facts);
  const viewOn = (folder: string, indexFile: string): PrivateView => privateView({ folder: place.folder, workTree: folder, indexFile }, facts);
  await freezeRulesOfTree(context.git, place, { tree: base, viewOn, objectIdBytes: objectIdBytes(facts), extra: [] });
  await context.git({ ...viewOf(place, workTree, facts), args: ['read-tree', base] });
  return { start: base, tree: null };
}
