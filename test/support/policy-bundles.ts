/** Bundles for tests: compiled from fixtures or from texts, through the user's cache. */
import { fileURLToPath } from 'node:url';

import { cacheFolder } from '../../src/base/cache-folder.ts';
import { ensureBundle, ensureDefaultBundle } from '../../src/authoring/ensure-bundle.ts';
import type { PolicyBundle } from '../../src/policy/load-bundle.ts';

/** A folder of `test/fixtures/policies`. */
export function fixturePolicies(name: string): string {
  return fileURLToPath(new URL(`../fixtures/policies/${name}`, import.meta.url));
}

/** The compiled bundle of a source folder. */
export async function compileFolder(sourceFolder: string): Promise<PolicyBundle> {
  return (await ensureBundle({ sourceFolder, cacheFolder: cacheFolder() })).bundle;
}

/** Where the compiled bundle of a source folder lies; of Holdfast's own policies without one. */
export async function bundleFolder(sourceFolder?: string): Promise<string> {
  if (sourceFolder === undefined) return ensureDefaultBundle({});
  return (await ensureBundle({ sourceFolder, cacheFolder: cacheFolder() })).folder;
}

export interface PolicyText {
  readonly name?: string;
  readonly packageName?: string;
  /** Lines of the `custom` block instead of the usual ones. */
  readonly custom?: readonly string[];
  readonly body?: string;
}

const USUAL_CUSTOM = ['severity: error', 'match: {operations: [CREATE]}', 'failure: deny'];

/** The text of a small policy that is all right, apart from what is asked for. */
export function policyText({
  name = 'sample',
  packageName = `holdfast.policies.${name}`,
  custom = USUAL_CUSTOM,
  body = 'deny contains {"code": "no", "message": "No"} if input.request.name == "bad"',
}: PolicyText = {}): string {
  return [
    '# METADATA',
    '# title: Sample',
    '# description: A sample.',
    '# custom:',
    ...custom.map((line) => `#   ${line}`),
    `package ${packageName}`,
    '',
    body,
    '',
  ].join('\n');
}
