/** Loads a built bundle. Everything is checked here, so that no error can occur during a request. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { z } from 'zod';

import { formatShellWord } from '../base/format-shell-word.ts';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';
import { HoldfastError } from '../errors.ts';
import { HOST_BUILTINS } from './wasm/builtins/host-builtins.ts';
import {
  BUNDLE_FORMATS,
  MANIFEST_FILE,
  manifestSchema,
  MODULE_FILE,
  revisionOf,
  sha256,
  type Manifest,
} from './manifest.ts';
import { readRequiredBuiltins } from './wasm/wasm-host.ts';

/** A bundle in memory: its module is compiled once and shared by all workers. */
export interface PolicyBundle {
  readonly manifest: Manifest;
  readonly module: WebAssembly.Module;
  /** What the module was compiled of. */
  readonly moduleBytes: Uint8Array;
}

/** The bundle of an installed package; `undefined` in a clone, where an outdated bundle must not be used. */
export function findPackagedBundle(): string | undefined {
  if (!import.meta.filename.endsWith('.js')) return undefined;
  const folder = join(PACKAGE_FOLDER, 'dist', 'policies');
  return existsSync(join(folder, MANIFEST_FILE)) ? folder : undefined;
}

/**
 * Reads and verifies a bundle folder. Throws `policy_bundle_missing`, `policy_bundle_invalid`, `policy_fact_not_gathered` or
 * `policy_builtin_unknown`.
 */
export async function loadBundle(folder: string): Promise<PolicyBundle> {
  if (!existsSync(join(folder, MANIFEST_FILE))) throw await missing(resolve(folder));
  const manifest = await readManifest(join(folder, MANIFEST_FILE));
  const bytes = await read(join(folder, MODULE_FILE));
  const found = sha256(bytes);
  if (found !== manifest.moduleSha256) {
    throw damaged(
      join(folder, MODULE_FILE),
      `its SHA-256 is ${found}, wanted ${manifest.moduleSha256}`,
    );
  }
  const module = await compile(join(folder, MODULE_FILE), bytes);
  refuseUnknownBuiltins(module, manifest);
  return { manifest, module, moduleBytes: bytes };
}

/** The folder may contain sources: then the remedy is the command that builds them. */
async function missing(folder: string): Promise<HoldfastError> {
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

async function readManifest(path: string): Promise<Manifest> {
  const written = parseJson(new TextDecoder().decode(await read(path)));
  refuseOtherFormat(path, written);
  const parsed = manifestSchema.safeParse(written);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join('.') ?? '';
    throw damaged(path, `${place}: ${issue?.message ?? 'unreadable'}`);
  }
  // Hashed as written, without the defaults of the schema.
  const { revision, ...contents } = z.looseObject({ revision: z.string() }).parse(written);
  const wanted = revisionOf(contents);
  if (revision === wanted) return parsed.data;
  throw damaged(path, `its revision is ${revision}, its contents say ${wanted}`);
}

/** Another version has built it: what it says may mean something else here. */
function refuseOtherFormat(path: string, written: unknown): void {
  const format = z.looseObject({ format: z.int() }).safeParse(written).data?.format;
  if (format === undefined || BUNDLE_FORMATS.some((known) => known === format)) return;
  throw new HoldfastError(
    'policy_bundle_invalid',
    `Another version of Holdfast has built the policy bundle: "${path}" has format ${format}, and this version reads ${BUNDLE_FORMATS.join(' and ')}. ` +
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
function refuseUnknownBuiltins(module: WebAssembly.Module, manifest: Manifest): void {
  const unknown = readRequiredBuiltins(module).filter((name) => !HOST_BUILTINS.has(name));
  if (unknown.length === 0) return;
  const named = unknown.map((name) => {
    const files = manifest.builtins[name] ?? [];
    return files.length === 0 ? `"${name}"` : `"${name}" (called in ${files.join(', ')})`;
  });
  throw new HoldfastError(
    'policy_builtin_unknown',
    `The policies call built-in functions that this engine does not have: ${named.join(', ')}`,
  );
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (fault) {
    throw new HoldfastError('policy_bundle_invalid', `Cannot read "${path}" of the policy bundle`, {
      cause: fault,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reported by the schema, because it is not an object.
    return undefined;
  }
}

function damaged(path: string, reason: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'policy_bundle_invalid',
    `The policy bundle is damaged: "${path}": ${reason}. Build it again`,
    { cause },
  );
}
