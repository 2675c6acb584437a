/** PEM files for TLS, read again with each use because they rotate. */
import { readBounded } from './read-bounded.ts';

export interface TlsFiles {
  /** Absent: the CAs that the platform trusts. */
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
  | {
      readonly ok: false;
      /** Names the file. */
      readonly reason: string;
    };

const FILES = [
  ['ca', 'caFile', 'CA'],
  ['cert', 'certificateFile', 'certificate'],
  ['key', 'keyFile', 'key'],
] as const;

/** Reads the named files, each up to a limit in bytes. */
export async function readTlsFiles(files: TlsFiles, bytesMax: number): Promise<TlsReading> {
  const material: { ca?: string; cert?: string; key?: string } = {};
  for (const [part, setting, what] of FILES) {
    const file = files[setting];
    if (file === undefined) continue;
    const read = await readBounded(file, bytesMax);
    if (!read.ok) {
      return { ok: false, reason: `Cannot read the ${what} file "${file}": ${read.reason}` };
    }
    material[part] = Buffer.from(read.bytes).toString('utf8');
  }
  return { ok: true, material };
}
