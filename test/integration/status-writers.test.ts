/**
 * What a match condition lets through unseen is what the rows of the platform table allow to the same identity: the status
 * that each of them reports stands in both, and must be the same.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { runOpa } from '../../src/authoring/opa-program.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { PLATFORM_IDENTITIES } from '../../src/identity/platform-identities.ts';
import { OWN_COMPONENTS, STATUS_WRITERS } from '../../src/registration/status-writers.ts';

const LIB = join(import.meta.dirname, '..', '..', 'policies', 'lib');
/** The API server asks no webhook about these. */
const UNASKED = 'admissionregistration.k8s.io';

const rowsSchema = z.record(
  z.string(),
  z.array(
    z.looseObject({
      verbs: z.array(z.string()),
      resources: z.union([z.literal('*'), z.array(z.string())]),
      subresources: z.array(z.string()).default([]),
    }),
  ),
);

async function evaluate(query: string): Promise<unknown> {
  const { path } = await ensureOpa({ cacheFolder: cacheFolder(), progress: () => undefined });
  const files = readdirSync(LIB).filter((file) => !file.endsWith('_test.rego'));
  const data = files.flatMap((file) => ['--data', join(LIB, file)]);
  return JSON.parse(await runOpa(path, ['eval', '--format=raw', ...data, query], LIB));
}

test('the status that is exempt is the status that the rows allow', async () => {
  const rows = rowsSchema.parse(await evaluate('data.holdfast.lib.platform_rows.rows'));
  const reported = Object.entries(rows).map(([name, row]) => {
    const resources = row
      .filter(
        ({ verbs, subresources }) => verbs.includes('UPDATE') && subresources.includes('status'),
      )
      .flatMap((entry) => (entry.resources === '*' ? ['*'] : entry.resources))
      .filter((resource) => !resource.endsWith(UNASKED));
    return [name, [...new Set(resources)].toSorted()] as const;
  });
  const exempt = Object.entries(STATUS_WRITERS).map(
    ([name, resources]) => [name, resources.toSorted()] as const,
  );

  assert.deepEqual(
    Object.fromEntries(exempt),
    Object.fromEntries(reported.filter(([, resources]) => resources.length > 0)),
  );
});

test('every row of the table is some identity’s, of its name', () => {
  for (const row of [...Object.keys(STATUS_WRITERS), ...OWN_COMPONENTS]) {
    const usernames = [...PLATFORM_IDENTITIES].filter(([, name]) => name === row);
    assert.ok(usernames.length > 0, row);
    for (const [username] of usernames) {
      assert.ok([`system:${row}`, `system:serviceaccount:kube-system:${row}`].includes(username));
    }
  }
});

test('the rows that are never all controllers’ together are the same', async () => {
  const others = z.array(z.string()).parse(await evaluate('data.holdfast.lib.platform.others'));
  assert.deepEqual(others.toSorted(), [...OWN_COMPONENTS].toSorted());
});
