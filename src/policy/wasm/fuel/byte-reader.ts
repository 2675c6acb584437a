/** Reads the binary format of WebAssembly, byte by byte. Source: WebAssembly core specification 2.0, chapter 5. */

/** The module cannot be metered: it is damaged, or it has a form that the rewriter does not know. */
export class MeteringError extends Error {
  override readonly name = 'MeteringError';
}

/** An unsigned integer of 32 bits has at most five bytes, a signed one of 64 bits ten (section 5.2.2). */
const LEB_BYTES_MAX_32 = 5;
const LEB_BYTES_MAX_64 = 10;
const UINT32_MAX = 0xff_ff_ff_ff;

/** A position in bytes. Every method throws a `MeteringError` where the bytes end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #offset: number;

  /** Reads from `offset` up to `end`. */
  constructor(bytes: Uint8Array, offset = 0, end = bytes.byteLength) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#end = end;
  }

  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#end;
  }

  byte(): number {
    const byte = this.#offset < this.#end ? this.#bytes[this.#offset] : undefined;
    if (byte === undefined) throw new MeteringError(`it ends too early, at byte ${this.#offset}`);
    this.#offset += 1;
    return byte;
  }

  skip(length: number): void {
    if (length > this.#end - this.#offset) {
      throw new MeteringError(`it ends too early, at byte ${this.#end}`);
    }
    this.#offset += length;
  }

  /** A part with its length before it, as a reader of its own; this one continues behind it. */
  part(): ByteReader {
    const length = this.unsigned();
    const start = this.#offset;
    this.skip(length);
    return new ByteReader(this.#bytes, start, this.#offset);
  }

  /** A reader of its own at the same position. */
  copy(): ByteReader {
    return new ByteReader(this.#bytes, this.#offset, this.#end);
  }

  /** The bytes between two positions, not copied. */
  slice(start: number, end = this.#end): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  /** An unsigned integer of 32 bits in LEB128, padded or not. */
  unsigned(): number {
    const start = this.#offset;
    let value = 0;
    let factor = 1;
    for (let length = 0; length < LEB_BYTES_MAX_32; length += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > UINT32_MAX) break;
        return value;
      }
      factor *= 0x80;
    }
    throw new MeteringError(`the integer at byte ${start} has more than 32 bits`);
  }

  /** Passes an integer whose value does not matter, of at most 64 bits. */
  skipInteger(): void {
    const start = this.#offset;
    for (let length = 0; length < LEB_BYTES_MAX_64; length += 1) {
      if (this.byte() < 0x80) return;
    }
    throw new MeteringError(`the integer at byte ${start} has more than 64 bits`);
  }
}
