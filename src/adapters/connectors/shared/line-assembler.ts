/** Most bytes of one line that are kept whole; the longest line measured in a client's output had 1.2 MB. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** What is kept of a line that is longer than that. */
export const KEPT_BYTES_OF_LONG_LINE = 64 * 1024;

const NEWLINE = 0x0a;
const FIRST_CAPACITY = 4 * 1024;
/** A buffer that grew beyond this for one long line is given back after it. */
const RETAINED_CAPACITY = 1024 * 1024;

export type OnLine = (line: string, truncated: boolean) => void;

/**
 * Cuts a byte stream into lines, whatever the chunks, decoding each line as UTF-8 (invalid bytes become
 * U+FFFD). Holds at most `MAX_LINE_BYTES`: of a longer line the beginning is answered, marked as
 * truncated, and the rest is passed over. Line ends are not part of a line.
 */
export class LineAssembler {
  private buffer = new Uint8Array(FIRST_CAPACITY);
  private length = 0;
  private skipping = false;
  private readonly onLine: OnLine;
  private readonly maxBytes: number;

  constructor(onLine: OnLine, maxBytes: number = MAX_LINE_BYTES) {
    this.onLine = onLine;
    this.maxBytes = maxBytes;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE, start); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.append(chunk.subarray(start, end));
      this.endLine();
      start = end + 1;
    }
    this.append(chunk.subarray(start));
  }

  /** Answers what is left without a line end. */
  end(): void {
    this.endLine();
  }

  private append(bytes: Uint8Array): void {
    if (this.skipping) return;
    const room = this.maxBytes - this.length;
    const taken = bytes.length <= room ? bytes : bytes.subarray(0, room);
    this.reserve(this.length + taken.length);
    this.buffer.set(taken, this.length);
    this.length += taken.length;
    if (bytes.length > room) {
      this.skipping = true;
      this.onLine(this.beginning(), true);
      this.forget();
    }
  }

  private endLine(): void {
    if (!this.skipping && this.length > 0) {
      const line = this.buffer.subarray(0, this.length);
      this.forget();
      this.onLine(new TextDecoder().decode(line).replace(/\r$/, ''), false);
    }
    this.skipping = false;
  }

  /** Streaming mode leaves out a character that the cut went through. */
  private beginning(): string {
    return new TextDecoder().decode(this.buffer.subarray(0, Math.min(this.length, KEPT_BYTES_OF_LONG_LINE)), { stream: true });
  }

  private reserve(bytes: number): void {
    if (bytes <= this.buffer.length) return;
    const grown = new Uint8Array(Math.min(this.maxBytes, Math.max(bytes, this.buffer.length * 2)));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }

  private forget(): void {
    this.length = 0;
    if (this.buffer.length > RETAINED_CAPACITY) this.buffer = new Uint8Array(FIRST_CAPACITY);
  }
}
