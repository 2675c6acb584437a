/** The schema of the input, on what the policies were given for each review of a recorded day. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { INPUT_SCHEMA_FILE } from '../../src/authoring/input-schema-file.ts';
import { createOfflineDecider } from '../../src/compose/offline.ts';
import {
  foldClusterState,
  readRecordedDay,
  RECORDED_DAY_FOLDER,
} from '../../src/compose/recorded-day.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const SCHEMA = z.fromJSONSchema(JSON.parse(await readFile(INPUT_SCHEMA_FILE, 'utf8')));
const cases = await readRecordedDay(join(RECORDED_DAY_FOLDER, 'recorded-day.json'));

test('every input of a recorded day is as the schema says', async (t) => {
  const text = await readFile(join(RECORDED_DAY_FOLDER, 'holdfast.yaml'), 'utf8');
  const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: RECORDED_DAY_FOLDER });
  assert.ok(parsed.ok);
  const policies = { ...parsed.configuration.policies, bundle: await bundleFolder() };
  const decider = await createOfflineDecider(
    { ...parsed.configuration, policies },
    { clusterStateObjects: foldClusterState(cases) },
  );
  t.after(() => decider.close());
  const gathered = new Set<string>();
  const faults: string[] = [];
  for (const { action, review } of cases) {
    const verdict = await decider.decide(Buffer.from(JSON.stringify(review)), 'validate');
    if (verdict.status !== 'decided') continue;
    const { facts } = verdict.decision;
    for (const name of Object.keys(facts)) gathered.add(name);
    const input = { request: verdict.request, facts, parameters: {} };
    // As the policies are given it: without what is undefined.
    const result = SCHEMA.safeParse(JSON.parse(JSON.stringify(input)));
    if (!result.success) faults.push(`${action}: ${z.prettifyError(result.error)}`);
  }

  assert.deepEqual(faults, []);
  assert.deepEqual([...gathered].toSorted(), [
    'actor',
    'change',
    'cluster',
    'object',
    'plaintext',
    'rollback',
    'source',
  ]);
});

test('the schema refuses a member that no fact has, and a value that no member has', () => {
  const request = {
    uid: 'a',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    userInfo: { username: 'alice' },
    laterMember: true,
  };
  const judge = (facts: Readonly<Record<string, unknown>>): boolean =>
    SCHEMA.safeParse({ request, facts, parameters: {} }).success;
  const cluster = { name: 'a', frozen: false };

  assert.equal(judge({ cluster }), true);
  assert.equal(judge({ cluster, source: null }), true);
  assert.equal(judge({ cluster, grant: { id: 'a', namesResource: true, more: 1 } }), false);
  assert.equal(judge({ cluster: { ...cluster, frozen: 'no' } }), false);
  assert.equal(judge({}), false);
});
