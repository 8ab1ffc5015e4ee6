import type { Io } from '../io.js';

/** Writes bytes to stdout as they are, also when they are no text: a patch of a Latin-1 file must still apply. */
export async function writeBytes(io: Pick<Io, 'out' | 'drained'>, bytes: Uint8Array): Promise<void> {
  const text = Buffer.from(bytes).toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) {
    io.out(text);
    await io.drained();
    return;
  }
  await new Promise<void>((resolve) => {
    // A reader that has gone (EPIPE) wants nothing more; that is no failure.
    process.stdout.once('error', () => resolve());
    process.stdout.write(bytes, () => resolve());
  });
}
