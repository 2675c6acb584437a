/**
 * Reads the binary encoding of SSH (RFC 4251 section 5). After the first fault every read gives an empty value, and
 * `isWhole` stays false: callers read all fields, then ask once.
 */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Where the next field begins. */
  get offset(): number {
    return this.#at;
  }

  /** Everything was read, up to the last byte, and nothing was wrong. Trailing bytes are a fault like any other. */
  get isWhole(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  get hasMore(): boolean {
    return !this.#failed && this.#at < this.#bytes.length;
  }

  get hasFailed(): boolean {
    return this.#failed;
  }

  bytes(length: number): Buffer {
    if (this.#failed || this.#bytes.length - this.#at < length) return this.fail();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.bytes(1)[0] ?? 0;
  }

  uint32(): number {
    const field = this.bytes(UINT32_LENGTH);
    return field.length === 0 ? 0 : field.readUInt32BE();
  }

  uint64(): bigint {
    const field = this.bytes(UINT64_LENGTH);
    return field.length === 0 ? 0n : field.readBigUInt64BE();
  }

  string(): Buffer {
    return this.bytes(this.uint32());
  }

  /** A string of UTF-8 without NUL. */
  text(): string {
    const field = this.string();
    try {
      const text = utf8.decode(field);
      if (!text.includes('\0')) return text;
    } catch {
      // Not UTF-8: the same fault.
    }
    this.fail();
    return '';
  }

  /** The magnitude of a positive number. Each number has one encoding: neither a sign nor a needless zero is taken. */
  mpint(): Buffer {
    const field = this.string();
    const [first = 0, second = 0] = field;
    if (field.length === 0 || first >= SIGN_BIT) return this.fail();
    if (first !== 0) return field;
    return second >= SIGN_BIT ? field.subarray(1) : this.fail();
  }

  /** The bytes between two offsets that were read. */
  between(start: number, end: number): Buffer {
    return this.#bytes.subarray(start, end);
  }

  /** Marks what was read as wrong. */
  fail(): Buffer {
    this.#failed = true;
    return Buffer.alloc(0);
  }
}

/** A field of type `string`: its length and its bytes. */
export function encodeString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(UINT32_LENGTH);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

// RFC 4251 section 5.
const UINT32_LENGTH = 4;
const UINT64_LENGTH = 8;
const SIGN_BIT = 0x80;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
