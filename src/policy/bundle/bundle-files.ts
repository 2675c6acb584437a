/** The files of a bundle, by name. Source: the bundle format of Open Policy Agent. */

/** The names are relative and have slashes: `lib/names.rego`. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** What Holdfast reads: the policies, what they match, and which facts they get. */
export const MANIFEST_FILE = 'manifest.json';
/** The compiled policies. */
export const MODULE_FILE = 'policy.wasm';
/** What OPA and its tools read: revision, roots, version of Rego. */
export const OPA_MANIFEST_FILE = '.manifest';
/** The `data` document, as OPA reads it. */
export const DATA_FILE = 'data.json';
/** What `holdfast gatekeeper` has built a bundle from, in its last good form: no other reads it. */
export const CONSTRAINTS_FILE = 'constraints.json';
/** The signature, which covers every other file. */
export const SIGNATURES_FILE = '.signatures.json';

/** Whether a file may be in a bundle of Holdfast: no other file is lost where a bundle is replaced. */
export function isBundleFile(name: string): boolean {
  return FIXED_NAMES.has(name) || name.endsWith('.rego');
}

const FIXED_NAMES = new Set([
  MANIFEST_FILE,
  MODULE_FILE,
  OPA_MANIFEST_FILE,
  DATA_FILE,
  CONSTRAINTS_FILE,
  SIGNATURES_FILE,
]);

/** Why a bundle cannot be taken, as a sentence without its period. */
export type BundleReading<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

/**
 * The reason why a name cannot be that of a file in a bundle; `undefined` where it can. An absolute name or one with `..`
 * would be written outside the folder into which tools unpack the bundle, and two spellings of one name would be hashed once.
 */
export function refuseFileName(name: string, bytesMax: number): string | undefined {
  const shown = JSON.stringify(name);
  if (Buffer.byteLength(name) > bytesMax) return `a file name is longer than ${bytesMax} bytes`;
  if (/[\p{Cc}\\\ufffd]/u.test(name)) {
    return `the file name ${shown} has a backslash, a control character, or what is not UTF-8`;
  }
  const segments = name.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return `the file name ${shown} is no plain relative path`;
  }
  return undefined;
}
