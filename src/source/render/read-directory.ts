/**
 * The manifests of a folder of plain YAML and JSON, as Argo CD reads it. Source: argo-cd reposerver/repository
 * findManifests, getPotentiallyValidManifests.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { parseManifests } from '../manifest/parse-manifests.ts';
import type { Fields } from '../manifest/type-schema.ts';
import { matchGlob } from '../match-glob.ts';
import { refuseSource } from './rendered-source.ts';
import type { RenderedSource } from './rendered-source.ts';
import type { DirectoryParameters } from '../parse-render-parameters.ts';
import { RENDER_LIMITS } from './settings.ts';
import { isInside } from './tree.ts';
import type { SourceFolder } from './tree.ts';

const MANIFEST_FILE = /\.(?:yaml|yml|json|jsonnet)$/u;
/** A file with this comment is for another tool. */
const SKIPPED = '+argocd:skip-file-rendering';

const LIMITS = {
  objectsMax: RENDER_LIMITS['manifests.objectsMax'].default,
  aliasesMax: RENDER_LIMITS['manifests.aliasesMax'].default,
};

/** Reads the folder, and those below it if the application says so. */
export async function readDirectory(
  source: SourceFolder,
  parameters: DirectoryParameters,
): Promise<RenderedSource> {
  const manifests: Fields[] = [];
  let bytes = 0;
  const files = await listFiles(source, parameters);
  if (!files.ok) return refuseSource(files.reason);
  for (const file of files.paths) {
    const name = relative(source.folder, file);
    if (file.endsWith('.jsonnet')) {
      return refuseSource(`"${name}" is Jsonnet, which is not evaluated`);
    }
    const read = await readBounded(file, RENDER_LIMITS['manifests.fileBytesMax'].default);
    if (!read.ok) return refuseSource(`"${name}" cannot be read: ${read.reason}`);
    bytes += read.bytes.length;
    if (bytes > RENDER_LIMITS['manifests.totalBytesMax'].default) {
      return refuseSource(
        `the manifests have more than ${RENDER_LIMITS['manifests.totalBytesMax'].default} bytes`,
      );
    }
    const text = new TextDecoder().decode(read.bytes);
    if (text.includes(SKIPPED)) continue;
    const parsed = parseManifests(text, LIMITS);
    if (!parsed.ok) return refuseSource(`"${name}": ${parsed.reason}`);
    manifests.push(...parsed.manifests);
    if (manifests.length > LIMITS.objectsMax) {
      return refuseSource(`more than ${LIMITS.objectsMax} objects`);
    }
  }
  return { status: 'rendered', manifests: manifests.map((manifest) => ({ manifest })) };
}

type ListedFiles =
  | { readonly ok: true; readonly paths: readonly string[] }
  | { readonly ok: false; readonly reason: string };

async function listFiles(
  source: SourceFolder,
  parameters: DirectoryParameters,
): Promise<ListedFiles> {
  const paths: string[] = [];
  const folders = [source.folder];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      entries += 1;
      if (entries > RENDER_LIMITS['render.treeEntriesMax'].default) {
        return { ok: false, reason: 'the folder has too many entries' };
      }
      const isSearched = entry.isDirectory() && parameters.recurse && entry.name !== '.git';
      if (isSearched) folders.push(path);
      if (entry.isDirectory()) continue;
      const file = await resolveFile(source, path, parameters);
      if (!file.ok) return file;
      if (file.path !== undefined) paths.push(file.path);
    }
  }
  return { ok: true, paths };
}

type ResolvedFile =
  | { readonly ok: true; readonly path: string | undefined }
  | { readonly ok: false; readonly reason: string };

/** A link may lead to another file of the repository, and nowhere else. */
async function resolveFile(
  source: SourceFolder,
  path: string,
  parameters: DirectoryParameters,
): Promise<ResolvedFile> {
  if (!MANIFEST_FILE.test(path)) return { ok: true, path: undefined };
  const isMeant = isSelected(relative(source.folder, path), parameters);
  if (isMeant === undefined) {
    return { ok: false, reason: 'include or exclude is a pattern that is not supported' };
  }
  if (!isMeant) return { ok: true, path: undefined };
  try {
    const real = await realpath(path);
    if (!isInside(source.root, real)) {
      const reason = `the link "${relative(source.root, path)}" leads out of the repository`;
      return { ok: false, reason };
    }
    return { ok: true, path: (await stat(real)).isFile() ? path : undefined };
  } catch {
    // A link to a file that is not there is skipped, as Argo CD does.
    return { ok: true, path: undefined };
  }
}

function isSelected(path: string, { include, exclude }: DirectoryParameters): boolean | undefined {
  if (exclude !== '') {
    const isExcluded = matchGlob(exclude, path);
    if (isExcluded !== false) return isExcluded === undefined ? undefined : false;
  }
  return include === '' ? true : matchGlob(include, path);
}
