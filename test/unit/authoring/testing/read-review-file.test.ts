import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configureCase } from '../../../../src/authoring/testing/configure-case.ts';
import {
  listReviewFiles,
  readReviewFile,
} from '../../../../src/authoring/testing/read-review-file.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const OBJECT = '{ apiVersion: v1, kind: Pod }';

test('listReviewFiles() lists the YAML files beside a policy in order, and none where there is no folder', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'owner/reviews/b.yml': '',
    'owner/reviews/a.yaml': '',
    'owner/reviews/notes.txt': '',
  });

  assert.deepEqual(await listReviewFiles(folder, 'owner'), [
    { folder, policy: 'owner', file: 'owner/reviews/a.yaml' },
    { folder, policy: 'owner', file: 'owner/reviews/b.yml' },
  ]);
  assert.deepEqual(await listReviewFiles(folder, 'other'), []);
});

test('readReviewFile() says why a file is none, with the line', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'broken.yaml': 'cases:\n  - [\n',
    'other.yaml': 'cases:\n  - name: a\n',
    'empty.yaml': '',
  });
  const read = async (file: string) => {
    const found = await readReviewFile({ folder, file });
    assert.equal(found.ok, false);
    return found.ok ? assert.fail() : found;
  };

  assert.match((await read('none.yaml')).reason, /^it cannot be read: /u);
  assert.match((await read('broken.yaml')).reason, /^it is no YAML: /u);
  const other = await read('other.yaml');
  assert.match(other.reason, /^cases\.0\.expect: /u);
  assert.equal(other.row, 2);
  assert.equal((await read('empty.yaml')).row, undefined);
});

test('configureCase() judges with what the file, the case and the folder say', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'file.yaml': [
      'configuration: { policies: { namespaces: { lab: audit } } }',
      'cases:',
      `  - { name: a, object: ${OBJECT}, mode: warn, parameters: { b: 1 }, expect: { allowed: true } }`,
    ].join('\n'),
  });
  const place = { folder, policy: 'owner', file: 'file.yaml' };
  const read = await readReviewFile(place);
  assert.ok(read.ok);
  const [reviewCase = assert.fail()] = read.content.cases;

  const configured = configureCase(read.content, reviewCase, {
    ...place,
    policies: ['owner', 'other'],
    bundleFolder: 'bundle',
  });

  assert.ok(configured.ok);
  const { policies } = configured.configuration;
  assert.deepEqual(policies.namespaces, { lab: 'audit' });
  assert.deepEqual(
    Object.entries(policies.settings).map(([name, { mode, parameters }]) => [
      name,
      mode,
      parameters,
    ]),
    [
      ['other', 'off', {}],
      ['owner', 'warn', { b: 1 }],
    ],
  );
  assert.equal(read.rowOf(0), 3);
});
