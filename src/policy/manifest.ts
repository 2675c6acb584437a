/** The manifest beside `policy.wasm` in a bundle. */
import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { PolicyDescriptor } from './descriptor.ts';
import { descriptorSchema } from './descriptor-schema.ts';

/** Incremented whenever the entry point, its input or its output changes, or what a manifest says of what is read. */
export const BUNDLE_FORMAT = 6;
/**
 * Those that this version reads: a manifest of format 3 has no lookups, and its policies get their tables whole; one of format 4 does not say
 * which policy calls which built-in function; one of format 5 does not say where constraints read the inventory, and they get it whole.
 */
export const BUNDLE_FORMATS = [3, 4, 5, BUNDLE_FORMAT] as const;

/** The manifest as stored in its file. */
export const manifestSchema = z.strictObject({
  format: z.literal(BUNDLE_FORMATS),
  /** The content hash of everything below and of the module: identifies the policies of a decision. */
  revision: z.string().regex(/^[0-9a-f]{64}$/),
  opaVersion: z.string(),
  moduleSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Built-in functions that the module requires from its host, and the source files that call them. */
  builtins: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
  policies: z.array(descriptorSchema).min(1).readonly(),
  /** Base data of the policies, the `data` document. */
  data: z.record(z.string(), z.unknown()).readonly(),
});

export interface Manifest {
  readonly format: (typeof BUNDLE_FORMATS)[number];
  readonly revision: string;
  readonly opaVersion: string;
  readonly moduleSha256: string;
  readonly builtins: Readonly<Record<string, readonly string[]>>;
  readonly policies: readonly PolicyDescriptor[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** The revision that a manifest with these contents must carry. */
export function revisionOf(contents: Readonly<Record<string, unknown>>): string {
  return sha256(JSON.stringify(sortKeys(contents)));
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The same value with the keys of every object in order, so that equal contents have equal texts. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sortKeys(item)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
