/** Keeps the last bytes of a stream: where a program says what went wrong. */
export interface OutputTail {
  push(chunk: Uint8Array): void;
  /** The kept bytes as text; a character that the cut went through is left out, invalid UTF-8 becomes U+FFFD. */
  text(): string;
}

export function createOutputTail(maxBytes: number): OutputTail {
  const chunks: Uint8Array[] = [];
  let keptBytes = 0;
  let isCut = false;
  return {
    push(chunk) {
      chunks.push(chunk);
      keptBytes += chunk.length;
      for (let first = chunks[0]; first !== undefined && keptBytes > maxBytes; first = chunks[0]) {
        const excess = keptBytes - maxBytes;
        isCut = true;
        if (excess < first.length) chunks[0] = first.subarray(excess);
        else chunks.shift();
        keptBytes -= Math.min(excess, first.length);
      }
    },
    text() {
      const bytes = Buffer.concat(chunks, keptBytes);
      return bytes.subarray(isCut ? leadingContinuationBytes(bytes) : 0).toString('utf8');
    },
  };
}

/** A character of UTF-8 is one lead byte and at most three bytes that begin with the bits 10. */
function leadingContinuationBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}
