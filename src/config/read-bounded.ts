/** Small files, read whole and never without end. */
import { open } from 'node:fs/promises';

export type BoundedRead =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      /** Completes a sentence: `it is larger than 65536 bytes`. */
      readonly reason: string;
    };

/** Reads a file of at most so many bytes. Pipes and devices are read too, and never beyond the bound. */
export async function readBounded(file: string, bytesMax: number): Promise<BoundedRead> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(bytesMax + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
        if (bytesRead === 0) return { ok: true, bytes: buffer.subarray(0, length) };
        length += bytesRead;
        if (length > bytesMax) return { ok: false, reason: `it is larger than ${bytesMax} bytes` };
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { ok: false, reason: describe(error) };
  }
}

/** The system's message repeats the path and the call; the code says the same in a word that people know. */
function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
