/** Reads files and streams up to a limit in bytes. */
import { createReadStream } from 'node:fs';
import { describeFileError, NO_SUCH_FILE } from './describe-file-error.ts';

export type BoundedRead =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      /** Completes a sentence: `it is larger than 65536 bytes`. */
      readonly reason: string;
    };

/** Whether nothing was read because there is no file. */
export function isAbsent(read: BoundedRead): boolean {
  return !read.ok && read.reason === NO_SUCH_FILE;
}

/** Reads a file of at most so many bytes. Pipes and devices are read too, up to the same limit. */
export async function readBounded(file: string, bytesMax: number): Promise<BoundedRead> {
  try {
    // `end` is inclusive: one byte beyond the limit is read, which detects a larger file.
    return await collectBounded(createReadStream(file, { end: bytesMax }), bytesMax);
  } catch (error) {
    return { ok: false, reason: describeFileError(error) };
  }
}

/** Collects a stream of at most so many bytes. */
export async function collectBounded(
  stream: AsyncIterable<unknown>,
  bytesMax: number,
): Promise<BoundedRead> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
    length += bytes.byteLength;
    if (length > bytesMax) return { ok: false, reason: `it is larger than ${bytesMax} bytes` };
    chunks.push(bytes);
  }
  return { ok: true, bytes: Buffer.concat(chunks) };
}
