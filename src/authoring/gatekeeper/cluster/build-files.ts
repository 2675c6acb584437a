/** A bundle in memory: the policies of a Rego folder, and constraints beside them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../../errors.ts';
import type { BundleFiles } from '../../../policy/bundle/bundle-files.ts';
import { readBundleFiles } from '../../../policy/bundle/read-bundle-files.ts';
import { buildBundle, type BuildOptions } from '../../build-bundle.ts';
import type { BuiltFiles } from './constraint-controller.ts';

/** Throws what `buildBundle()` throws. */
export async function buildFiles(options: Omit<BuildOptions, 'output'>): Promise<BuiltFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-published-'));
  try {
    const output = join(folder, 'bundle');
    const manifest = await buildBundle({ ...options, output });
    return { manifest, files: await readBuilt(output) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files of a bundle that was built; throws `policy_bundle_invalid` where no replica would read it. */
export async function readBuilt(path: string): Promise<BundleFiles> {
  const files = await readBundleFiles(path);
  if (files.ok) return files.value;
  throw new HoldfastError('policy_bundle_invalid', `The bundle cannot be read: ${files.reason}`);
}
