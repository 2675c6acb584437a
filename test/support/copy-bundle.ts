/** Bundles of the same policies whose contents are not the same. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describeFiles } from '../../src/authoring/describe-bundle-files.ts';
import { writeBundle } from '../../src/authoring/write-bundle.ts';
import { MANIFEST_FILE, MODULE_FILE } from '../../src/policy/bundle/bundle-files.ts';
import { readBundleFiles } from '../../src/policy/bundle/read-bundle-files.ts';
import { manifestSchema, revisionOf } from '../../src/policy/manifest.ts';

/** Copies a built bundle to a folder whose name stands in the manifest, so that its revision is another one. Returns the folder. */
export async function copyBundle(from: string, to: string): Promise<string> {
  const files = await readBundleFiles(from);
  assert.ok(files.ok);
  const textOf = (name: string): string => Buffer.from(files.value.get(name) ?? []).toString();
  const { revision: _built, ...contents } = manifestSchema.parse(JSON.parse(textOf(MANIFEST_FILE)));
  const renamed = { ...contents, opaVersion: basename(to) };
  const manifest = { ...renamed, revision: revisionOf(renamed) };
  const module = files.value.get(MODULE_FILE);
  assert.ok(module);
  const names = [...files.value.keys()].filter((name) => name.endsWith('.rego'));
  const sources = new Map(names.map((name) => [name, textOf(name)]));
  await writeBundle(to, describeFiles({ manifest, module, sources }));
  return to;
}
