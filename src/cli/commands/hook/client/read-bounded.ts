import { isUtf8 } from 'node:buffer';

/** All of a stream as UTF-8. Rejects for more than `maxBytes`, of which no more than that is ever kept, and for broken UTF-8. */
export async function readBounded(stream: NodeJS.ReadableStream, { maxBytes, what }: { readonly maxBytes: number; readonly what: string }): Promise<string> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        stream.pause();
        reject(new Error(`${what} has more than ${maxBytes} bytes`));
      }
    });
    stream.once('error', reject);
    stream.once('end', () => resolve(Buffer.concat(chunks)));
  });
  // Making a TextDecoder would cost as much as all the rest of this program.
  if (!isUtf8(bytes)) throw new Error(`${what} is not UTF-8 text`);
  return bytes.toString('utf8');
}
