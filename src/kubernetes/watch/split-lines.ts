/** Lines of a byte stream, each bounded: a watch is one JSON value per line. */

const NEWLINE = 0x0a;

/** Collects bytes and gives out whole lines, without their ends. */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that this chunk completes; `undefined` where one is longer than allowed. */
  push(chunk: Buffer): readonly string[] | undefined {
    const lines: string[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      const part = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (this.#pendingBytes + part.length > this.#lineBytesMax) return undefined;
      this.#pending.push(part);
      this.#pendingBytes += part.length;
      if (end === -1) return lines;
      const line = Buffer.concat(this.#pending).toString('utf8');
      this.#pending = [];
      this.#pendingBytes = 0;
      if (line !== '') lines.push(line);
      start = end + 1;
    }
  }
}
