/** Writes the files of a package and keeps their digests. Nothing is ever overwritten. */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';
import type { PackageManifest } from './package-manifest.ts';

const OWN = 0o600;
const OWN_FOLDER = 0o700;
/** Lines are buffered up to this size: one write for hundreds of entries. */
const BUFFER_CHARS = 256 * 1024;

export type PackagedFile = PackageManifest['files'][number];

export interface PackageWriter {
  readonly write: (path: string, content: string | Uint8Array) => void;
  /** Writes any number of lines, each with a line end. */
  readonly lines: (path: string, lines: Iterable<string>) => void;
  readonly files: () => readonly PackagedFile[];
}

/** Creates the folder; rejects with EEXIST if it exists. */
export function createPackage(folder: string): PackageWriter {
  mkdirSync(folder, { mode: OWN_FOLDER });
  const files: PackagedFile[] = [];
  const write = (path: string, chunks: Iterable<string | Uint8Array>): void => {
    const target = join(folder, path);
    makeFolder(dirname(target), { mode: OWN_FOLDER });
    files.push({ path, ...writeChunks(target, chunks) });
  };
  return {
    write: (path, content) => write(path, [content]),
    lines: (path, lines) => write(path, joinLines(lines)),
    files: () => files,
  };
}

function writeChunks(
  target: string,
  chunks: Iterable<string | Uint8Array>,
): Pick<PackagedFile, 'bytes' | 'sha256'> {
  const digest = createHash('sha256');
  const descriptor = openSync(target, 'wx', OWN);
  let bytes = 0;
  try {
    for (const chunk of chunks) {
      const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      digest.update(buffer);
      writeAll(descriptor, buffer);
      bytes += buffer.byteLength;
    }
  } finally {
    closeSync(descriptor);
  }
  return { bytes, sha256: digest.digest('hex') };
}

/** One call may write less than it was given. */
function writeAll(descriptor: number, buffer: Uint8Array): void {
  for (let written = 0; written < buffer.byteLength;) {
    written += writeSync(descriptor, buffer, written);
  }
}

function* joinLines(lines: Iterable<string>): Generator<string> {
  let buffer = '';
  for (const line of lines) {
    buffer += `${line}\n`;
    if (buffer.length < BUFFER_CHARS) continue;
    yield buffer;
    buffer = '';
  }
  yield buffer;
}
