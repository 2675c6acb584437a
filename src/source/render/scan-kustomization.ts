/** Searches a kustomization, and all that it includes, for what is not rendered: remote bases, charts, plugins. */
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { isRecord } from '../../base/is-record.ts';
import { parseYaml } from '../../base/parse-yaml.ts';
import type { Fields } from '../manifest/type-schema.ts';
import { RENDER_LIMITS } from './settings.ts';
import { isInside } from './tree.ts';
import type { SourceFolder } from './tree.ts';

/** In the order in which kustomize looks for them. */
export const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Fields with files and folders, any of which may be a URL. */
const INCLUDING = ['resources', 'bases', 'components', 'crds', 'configurations'] as const;
const PLUGINS = ['generators', 'transformers', 'validators'] as const;
const CHARTS = ['helmCharts', 'helmChartInflationGenerator', 'helmGlobals'] as const;
/** Kustomizations that include each other; more is an attack. */
const FOLDERS_MAX = 500;

export type FoundKustomization =
  | { readonly ok: true; readonly file: string; readonly kustomization: Fields }
  | { readonly ok: false; readonly reason: string };

/** Reads the kustomization of one folder. */
export async function readKustomization(folder: string): Promise<FoundKustomization> {
  for (const name of KUSTOMIZATION_FILES) {
    const read = await readBounded(
      join(folder, name),
      RENDER_LIMITS['manifests.fileBytesMax'].default,
    );
    if (!read.ok) continue;
    const text = new TextDecoder().decode(read.bytes);
    const aliasesMax = RENDER_LIMITS['manifests.aliasesMax'].default;
    const parsed = parseYaml(text, { dialect: 'kubernetes', aliasesMax });
    if (!parsed.ok) {
      return { ok: false, reason: `${name} is no YAML: ${parsed.faults[0]?.message ?? ''}` };
    }
    const value = parsed.documents[0]?.value ?? {};
    if (!isRecord(value)) return { ok: false, reason: `${name} is no kustomization` };
    return { ok: true, file: join(folder, name), kustomization: value };
  }
  return { ok: false, reason: 'the folder has no kustomization' };
}

/** The reason why it is not rendered; `undefined` if nothing was found. */
export async function findKustomizationFault(source: SourceFolder): Promise<string | undefined> {
  const folders = [source.folder];
  const seen = new Set(folders);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const found = await readKustomization(folder);
    if (!found.ok) return found.reason;
    const fault = findFault(found.kustomization);
    if (fault !== undefined) return fault;
    for (const entry of entriesOf(found.kustomization)) {
      const included = await resolveFolder(join(folder, entry));
      if (included === undefined || seen.has(included)) continue;
      if (!isInside(source.root, included)) return `"${entry}" leads out of the repository`;
      if (seen.size >= FOLDERS_MAX) {
        return `more than ${FOLDERS_MAX} kustomizations include each other`;
      }
      seen.add(included);
      folders.push(included);
    }
  }
  return undefined;
}

function findFault(kustomization: Fields): string | undefined {
  for (const field of CHARTS) {
    if (field in kustomization) return `the kustomization inflates charts (${field})`;
  }
  for (const field of PLUGINS) {
    const entries = kustomization[field];
    if (Array.isArray(entries) && entries.length > 0) {
      return `the kustomization has plugins (${field})`;
    }
  }
  const { openapi } = kustomization;
  const schema = isRecord(openapi) ? openapi['path'] : undefined;
  const remote = [...entriesOf(kustomization), ...filesOf(kustomization), schema].find(isRemote);
  return remote === undefined
    ? undefined
    : `the kustomization includes "${remote}", which is remote`;
}

function entriesOf(kustomization: Fields): readonly string[] {
  return INCLUDING.flatMap((field) => textsOf(kustomization[field]));
}

/** Files of patches and replacements, which kustomize fetches where they are URLs. */
function filesOf(kustomization: Fields): readonly unknown[] {
  const rows = ['patches', 'patchesJson6902', 'replacements'].flatMap((field) => {
    const entries = kustomization[field];
    return Array.isArray(entries) ? entries.filter(isRecord).map(({ path }) => path) : [];
  });
  return [
    ...rows,
    ...textsOf(kustomization['patchesStrategicMerge']).filter((text) => !text.includes('\n')),
  ];
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** Source: kustomize api/internal/git repospec.go, api/internal/loader. */
function isRemote(entry: unknown): entry is string {
  if (typeof entry !== 'string') return false;
  return (
    /^[a-z][a-z0-9+.-]*:/iu.test(entry) ||
    /^[\w.-]+@[\w.-]+[:/]/u.test(entry) ||
    /[?&](?:ref|version|timeout|submodules)=/u.test(entry) ||
    /^(?:github|gitlab)\.com[/:]|^bitbucket\.org[/:]/u.test(entry) ||
    entry.includes('//') ||
    entry.includes('_git/')
  );
}

/** The real folder, or undefined for a file and for what is not there (kustomize says so itself). */
async function resolveFolder(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}
