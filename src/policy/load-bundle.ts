/** Loads a built bundle. Everything is checked here, so that no error can occur during a request. */
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

import { formatShellWord } from '../base/format-shell-word.ts';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';
import { parseStrictJson } from '../base/strict-json.ts';
import { HoldfastError } from '../errors.ts';
import { HOST_BUILTIN_NAMES } from './wasm/builtins/builtin-names.ts';
import { REFUSED_BUILTINS } from './wasm/builtins/refused-builtins.ts';
import {
  DATA_FILE,
  MANIFEST_FILE,
  MODULE_FILE,
  OPA_MANIFEST_FILE,
  type BundleFiles,
} from './bundle/bundle-files.ts';
import { readBundleFiles } from './bundle/read-bundle-files.ts';
import { BUNDLE_LIMITS } from './bundle/settings.ts';
import { verifyBundle, type BundleSignature, type BundleTrust } from './bundle/verify-bundle.ts';
import { BUNDLE_FORMATS, manifestSchema, revisionOf, sha256, type Manifest } from './manifest.ts';
import { readRequiredBuiltins } from './wasm/wasm-host.ts';

const DOCUMENT_BYTES_MAX = BUNDLE_LIMITS['bundle.documentBytesMax'].default;
const DOCUMENT_DEPTH_MAX = BUNDLE_LIMITS['bundle.documentDepthMax'].default;

/** A bundle in memory: its module is compiled once and shared by all workers. */
export interface PolicyBundle {
  readonly manifest: Manifest;
  readonly module: WebAssembly.Module;
  /** What the module was compiled of. */
  readonly moduleBytes: Uint8Array;
  /** The built-in functions of the host that the module imports, in alphabetical order. */
  readonly requiredBuiltins: readonly string[];
  /** Absent: no signature was asked for. */
  readonly signature?: BundleSignature | undefined;
}

export interface LoadOptions {
  /** Present: the bundle must be signed by one of these keys. */
  readonly trust?: BundleTrust | undefined;
  /**
   * One of these with the same contents is returned itself: each compilation, and each instance that is asked for its built-ins,
   * occupies memory until V8 collects it.
   */
  readonly known?: readonly PolicyBundle[] | undefined;
}

/** The bundle of an installed package; `undefined` in a clone, where an outdated bundle must not be used. */
export function findPackagedBundle(): string | undefined {
  if (!import.meta.filename.endsWith('.js')) return undefined;
  const folder = join(PACKAGE_FOLDER, 'dist', 'policies');
  return existsSync(join(folder, MANIFEST_FILE)) ? folder : undefined;
}

/**
 * Reads and verifies a bundle: a folder or an archive. Throws
 * `policy_bundle_missing`, `policy_bundle_invalid`, `policy_bundle_untrusted` or `policy_builtin_unknown`.
 */
export async function loadBundle(path: string, options: LoadOptions = {}): Promise<PolicyBundle> {
  if (!existsSync(path) || (isFolder(path) && !existsSync(join(path, MANIFEST_FILE)))) {
    throw await missing(resolve(path));
  }
  const files = await readBundleFiles(path);
  if (files.ok) return compileBundle(files.value, path, options);
  throw new HoldfastError(
    'policy_bundle_invalid',
    `The policy bundle "${path}" cannot be read: ${files.reason}. Build it again`,
  );
}

/** The same for files that are read already; `place` is where they come from, for messages. */
export async function compileBundle(
  files: BundleFiles,
  place: string,
  { trust, known = [] }: LoadOptions = {},
): Promise<PolicyBundle> {
  // Before anything of it is parsed: what is not signed by a trusted key meets no other code than that of the signature.
  const signature = trust && (await requireSignature(files, place, trust));
  const manifest = readManifest(files, place);
  refuseOtherContents(files, manifest, place);
  const bytes = readFileOf(files, MODULE_FILE, place);
  const found = sha256(bytes);
  if (found !== manifest.moduleSha256) {
    throw damaged(
      join(place, MODULE_FILE),
      `its SHA-256 is ${found}, wanted ${manifest.moduleSha256}`,
    );
  }
  const same = known.find((bundle) => bundle.manifest.revision === manifest.revision);
  if (same !== undefined) return signature === undefined ? same : { ...same, signature };
  const module = await compile(join(place, MODULE_FILE), bytes);
  const requiredBuiltins = readRequiredBuiltins(module);
  refuseUnknownBuiltins(requiredBuiltins, manifest);
  return { manifest, module, moduleBytes: bytes, requiredBuiltins, signature };
}

async function requireSignature(
  files: BundleFiles,
  place: string,
  trust: BundleTrust,
): Promise<BundleSignature> {
  const verified = await verifyBundle(files, trust);
  if (verified.ok) return verified.value;
  throw new HoldfastError(
    'policy_bundle_untrusted',
    `The policy bundle "${place}" is not taken: ${verified.reason}`,
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The folder may contain sources: then the remedy is the command that builds them. */
async function missing(folder: string): Promise<HoldfastError> {
  if (!existsSync(folder)) {
    return new HoldfastError(
      'policy_bundle_missing',
      `There is no policy bundle "${folder}": there is no such folder or file`,
    );
  }
  const names = await listNames(folder);
  const hasSources = (await Promise.all(names.map((name) => listNames(join(folder, name)))))
    .flat()
    .some((name) => name.endsWith('.rego'));
  if (!hasSources) {
    return new HoldfastError(
      'policy_bundle_missing',
      `There is no policy bundle in "${folder}": it has no ${MANIFEST_FILE}`,
    );
  }
  const command = `holdfast policy build ${formatShellWord(folder)} --out ${formatShellWord(`${folder}-bundle`)}`;
  return new HoldfastError(
    'policy_bundle_missing',
    `"${folder}" holds policies as Rego, not a built bundle. Run "${command}", and set policies.bundle to "${folder}-bundle"`,
  );
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    // Not a folder, or missing: the caller reports what is missing.
    return [];
  }
}

function readManifest(files: BundleFiles, place: string): Manifest {
  const path = join(place, MANIFEST_FILE);
  const written = readDocument(files, MANIFEST_FILE, place);
  refuseOtherFormat(path, written);
  const parsed = manifestSchema.safeParse(written);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue?.path.map(String).join('.') ?? '';
    throw damaged(path, `${at}: ${issue?.message ?? 'unreadable'}`);
  }
  // Hashed as written, without the defaults of the schema.
  const { revision, ...contents } = z.looseObject({ revision: z.string() }).parse(written);
  const wanted = revisionOf(contents);
  if (revision === wanted) return parsed.data;
  throw damaged(path, `its revision is ${revision}, its contents say ${wanted}`);
}

/** What OPA reads of a bundle must be what Holdfast judges with: whoever inspects one would see another. */
function refuseOtherContents(files: BundleFiles, manifest: Manifest, place: string): void {
  if (files.has(OPA_MANIFEST_FILE)) {
    const written = readDocument(files, OPA_MANIFEST_FILE, place);
    const revision = z.looseObject({ revision: z.string() }).safeParse(written).data?.revision;
    if (revision !== manifest.revision) {
      throw damaged(join(place, OPA_MANIFEST_FILE), `its revision is not ${manifest.revision}`);
    }
  }
  if (!files.has(DATA_FILE)) return;
  if (!isDeepStrictEqual(readDocument(files, DATA_FILE, place), manifest.data)) {
    throw damaged(join(place, DATA_FILE), `it is not the data of ${MANIFEST_FILE}`);
  }
}

/** A JSON document of a bundle. */
function readDocument(files: BundleFiles, name: string, place: string): unknown {
  const bytes = readFileOf(files, name, place);
  if (bytes.length > DOCUMENT_BYTES_MAX) {
    throw damaged(join(place, name), `it is larger than ${DOCUMENT_BYTES_MAX} bytes`);
  }
  const parsed = parseStrictJson(bytes, { depthMax: DOCUMENT_DEPTH_MAX });
  if (parsed.ok) return parsed.value;
  throw damaged(join(place, name), parsed.message);
}

function readFileOf(files: BundleFiles, name: string, place: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes !== undefined) return bytes;
  throw damaged(join(place, name), 'there is no such file');
}

/** Another version has built it: what it says may mean something else here. */
function refuseOtherFormat(path: string, written: unknown): void {
  const format = z.looseObject({ format: z.int() }).safeParse(written).data?.format;
  if (format === undefined || BUNDLE_FORMATS.some((known) => known === format)) return;
  throw new HoldfastError(
    'policy_bundle_invalid',
    `Another version of Holdfast has built the policy bundle: "${path}" has format ${format}, and this version reads ${BUNDLE_FORMATS.join(', ')}. ` +
      'Build it again with "holdfast policy build" of this version',
  );
}

async function compile(path: string, bytes: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(new Uint8Array(bytes));
  } catch (fault) {
    throw damaged(path, 'it is no WebAssembly module', fault);
  }
}

/**
 * A missing built-in would make a rule undefined or end the evaluation, depending on the request, so an attacker could
 * choose. A module that needs one is therefore never loaded.
 */
function refuseUnknownBuiltins(required: readonly string[], manifest: Manifest): void {
  const unknown = required.filter((name) => !HOST_BUILTIN_NAMES.has(name));
  if (unknown.length === 0) return;
  const named = unknown.map((name) => {
    const files = manifest.builtins[name] ?? [];
    const place = files.length === 0 ? '' : ` (called in ${files.join(', ')})`;
    const reason = REFUSED_BUILTINS.get(name);
    return `"${name}"${place}${reason === undefined ? '' : `: ${reason}`}`;
  });
  throw new HoldfastError(
    'policy_builtin_unknown',
    `The policies call built-in functions that this engine does not have: ${named.join('; ')}`,
  );
}

function damaged(path: string, reason: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'policy_bundle_invalid',
    `The policy bundle is damaged: "${path}": ${reason}. Build it again`,
    { cause },
  );
}
