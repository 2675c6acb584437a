/** The policy that `holdfast policy new` writes, and what it makes of reviews. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  explainFile,
  type ExplainedFileItem,
  type ExplainOptions,
} from '../../src/authoring/explain/explain-file.ts';
import { formatPolicyTemplate } from '../../src/authoring/format-policy-template.ts';
import { startOffline, type StartedOffline } from '../../src/authoring/start-decider.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import type { ClosingHooks } from './closing-hooks.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export interface StartedPolicy {
  readonly folder: string;
  readonly offline: StartedOffline;
}

/** The policy `owner` of the folder `policies`, in the mode of its annotations: audit. */
export async function startPolicy(test: ClosingHooks): Promise<StartedPolicy> {
  const files = [...formatPolicyTemplate('owner')].map(([name, text]) => [
    join('policies', name),
    text,
  ]);
  const folder = await makeTemporaryFolder(test, Object.fromEntries(files));
  const written = JSON.stringify({ cluster: { name: 'test' } });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder });
  assert.ok(parsed.ok);
  const offline = await startOffline(parsed.configuration, {
    environment: process.env,
    progress: () => undefined,
    workingDirectory: folder,
    policySources: 'policies',
    clusterStateObjects: [],
  });
  test.after(() => offline.close());
  return { folder, offline };
}

/** Everything that `explainFile()` tells of a text. */
export async function explainText(
  { folder, offline }: StartedPolicy,
  text: string,
  options: Partial<ExplainOptions> = {},
): Promise<readonly ExplainedFileItem[]> {
  const file = 'policies/owner/reviews/cases.yaml';
  const route = 'validate';
  const bytes = Buffer.from(text);
  const given = { file, folder, bytes, route, offline, isConfigured: false, ...options } as const;
  const items: ExplainedFileItem[] = [];
  for await (const item of explainFile(given)) items.push(item);
  return items;
}
