/**
 * How Flux renders a folder, in the words of Argo CD: a kustomization as it is, and without one every manifest below. Source:
 * fluxcd/pkg kustomize Generator, sourceignore.
 */
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Fields } from '../manifest/type-schema.ts';
import { detectSourceType, KUSTOMIZATIONS } from './detect-source-type.ts';
import { openSourceFolder } from './tree.ts';

export type PreparedFluxSource =
  { readonly ok: true; readonly source: Fields } | { readonly ok: false; readonly reason: string };

/** @param source what the Kustomization changes, as parameters of kustomize; empty if nothing. */
export async function prepareFluxSource(
  { root, path }: { readonly root: string; readonly path: string },
  source: Fields,
): Promise<PreparedFluxSource> {
  const opened = await openSourceFolder(root, path);
  if (!opened.ok) return opened;
  const { folder } = opened.source;
  const all = await readdir(opened.source.root, { recursive: true });
  const ignoring = all.find((name) => basename(name) === '.sourceignore');
  if (ignoring !== undefined) return refuse(`"${ignoring}" takes files out of the source`);
  if (detectSourceType(await readdir(folder)) === 'kustomize') {
    return { ok: true, source: { kustomize: source['kustomize'] ?? {} } };
  }
  if (source['kustomize'] !== undefined) {
    return refuse('Flux makes a kustomization of the folder and changes it');
  }
  const below = await readdir(folder, { recursive: true });
  const nested = below.find((name) => KUSTOMIZATIONS.has(basename(name)));
  if (nested !== undefined) return refuse(`"${nested}" is a kustomization in a folder without one`);
  return { ok: true, source: { directory: { recurse: true, include: '*.{yaml,yml}' } } };
}

function refuse(reason: string): PreparedFluxSource {
  return { ok: false, reason };
}
