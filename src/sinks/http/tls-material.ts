/** Whom a sink trusts and how it proves who we are: PEM files, read again with each use because they rotate. */
import { readBounded } from '../../base/read-bounded.ts';
import { LIMITS } from '../../config/limits.ts';

export interface TlsFiles {
  /** Absent: the authorities that the platform trusts. */
  readonly caFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** As `node:tls` takes it. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export type TlsReading =
  | { readonly ok: true; readonly material: TlsMaterial }
  | { readonly ok: false; readonly reason: string };

const FILES = [
  ['ca', 'caFile'],
  ['cert', 'certificateFile'],
  ['key', 'keyFile'],
] as const;

/** Reads the files that are named. */
export async function readTlsMaterial(files: TlsFiles): Promise<TlsReading> {
  const material: { ca?: string; cert?: string; key?: string } = {};
  for (const [part, setting] of FILES) {
    const file = files[setting];
    if (file === undefined) continue;
    const read = await readBounded(file, LIMITS['secret.bytesMax'].default);
    if (!read.ok) {
      return { ok: false, reason: `tls.${setting} "${file}" cannot be read: ${read.reason}` };
    }
    material[part] = Buffer.from(read.bytes).toString('utf8');
  }
  return { ok: true, material };
}
