/**
 * The files of a bundle: what Holdfast judges with, and beside it what OPA and its tools read, so that a bundle can be inspected,
 * tried and signed by them. Source: the bundle format of Open Policy Agent.
 */
import {
  DATA_FILE,
  MANIFEST_FILE,
  MODULE_FILE,
  OPA_MANIFEST_FILE,
  type BundleFiles,
} from '../policy/bundle/bundle-files.ts';
import type { Manifest } from '../policy/manifest.ts';
import { regoVersionsOf } from './gatekeeper/rego-versions.ts';

/** The part of `data` that the policies are in. */
const POLICY_ROOT = 'holdfast';
/** OPA's number of Rego v1. */
const REGO_VERSION = 1;

export interface BundleParts {
  readonly manifest: Manifest;
  readonly module: Uint8Array;
  /** The Rego modules by name, generated ones included. */
  readonly sources: ReadonlyMap<string, string>;
  /** Those of Rego v0. @default none */
  readonly olderRego?: readonly string[];
}

/** The same parts give the same files. */
export function describeFiles({
  manifest,
  module,
  sources,
  olderRego = [],
}: BundleParts): BundleFiles {
  const { revision, data } = manifest;
  const files = new Map<string, Uint8Array>();
  // Without the member `wasm`: OPA evaluates the sources. An OPA without a WASM runtime, which is the usual one, would refuse
  // the module, and any other has none of our built-ins.
  const roots = [...new Set([POLICY_ROOT, ...Object.keys(data)])];
  const versions = olderRego.length > 0 && { file_rego_versions: regoVersionsOf(olderRego) };
  files.set(OPA_MANIFEST_FILE, json({ revision, roots, rego_version: REGO_VERSION, ...versions }));
  files.set(DATA_FILE, json(data));
  files.set(MANIFEST_FILE, json(manifest));
  files.set(MODULE_FILE, module);
  for (const [name, text] of sources) files.set(name, Buffer.from(text));
  return files;
}

function json(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
