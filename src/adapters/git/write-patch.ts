import { access, stat } from 'node:fs/promises';
import type { Context } from './context.js';
import { inPlaceObjects, inPlaceView } from './in-place.js';

/** Workspaces.writePatch. Without user configuration, so that the same two trees always give the same bytes. */
export async function writePatch(context: Context, order: { readonly base: string; readonly head: string; readonly file: string }): Promise<number> {
  const args = ['diff-tree', '-r', '-p', '--binary', '--full-index', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', `--output=${order.file}`, order.base, order.head, '--'];
  await context.git({ ...(await patchView(context)), args });
  return (await stat(order.file)).size;
}

/** Commits are in the repository, trees of work in place in our own store. */
async function patchView(context: Context): Promise<Awaited<ReturnType<Context['objects']>>> {
  const inPlace = inPlaceObjects(context.aiFolder);
  if ((await context.facts()) === null) return inPlaceView(context, `${inPlace}/none`);
  const view = await context.objects();
  const exists = await access(inPlace).then(() => true, () => false);
  return exists ? { ...view, env: { ...view.env, GIT_ALTERNATE_OBJECT_DIRECTORIES: inPlace } } : view;
}
