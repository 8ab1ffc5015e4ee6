import { needFacts, objectIdBytes, type Context } from './context.js';
import { privateView, type PrivateView } from './private-view.js';
import { contentOrder, freezeRulesOfTree, makeState, readState, statePlace, type StatePlace } from './private-state.js';
import { recordContent, type RecordedContent } from './record-content.js';

export interface WorktreeOrder {
  readonly name: string;
  readonly workTree: string;
  readonly base: string;
  /** Tip of the task's branch when it carries on from the base; what the agent has committed by itself stays tracked even where a rule ignores it. */
  readonly tip: string | null;
}

/** The present content of a worktree, through the view that was made with it, or one made now when that is gone. */
export async function presentContent(context: Context, order: WorktreeOrder): Promise<RecordedContent> {
  const facts = await needFacts(context);
  const place = statePlace(context.aiFolder, order.name);
  const state = await readState(place);
  const content = contentOrder(place, order.workTree, facts);
  if (state === null) await rebuildState(context, place, order);
  if (order.tip !== null && (state?.start ?? order.base) !== order.tip) await context.git({ ...content.view, args: ['read-tree', '-m', order.tip] });
  return recordContent(context.git, content);
}

/** After a crash, or for a worktree that an older version made: slower, because every file is read. */
async function rebuildState(context: Context, place: StatePlace, { workTree, base }: WorktreeOrder): Promise<void> {
  const facts = await needFacts(context);
  const view = await makeState(place, workTree, facts);
  const viewOn = (folder: string, indexFile: string): PrivateView => privateView({ folder: place.folder, workTree: folder, indexFile }, facts);
  await freezeRulesOfTree(context.git, place, { tree: base, viewOn, objectIdBytes: objectIdBytes(facts), extra: [] });
  await context.git({ ...view, args: ['read-tree', base] });
}
