import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { describeGiven, ITEM } from '../../../src/authoring/given-members.ts';
import { INPUT_SCHEMA_FILE } from '../../../src/authoring/input-schema-file.ts';

let schema: unknown;
before(async () => {
  schema = JSON.parse(await readFile(INPUT_SCHEMA_FILE, 'utf8'));
});

describe('describeGiven()', () => {
  const declared = { facts: ['actor', 'plaintext'], parameters: { names: [] } } as const;
  const always: readonly (readonly string[])[] = [
    [],
    ['request'],
    ['request', 'operation'],
    ['request', 'userInfo', 'username'],
    ['request', 'object'],
    ['request', 'oldObject'],
    ['facts', 'cluster', 'name'],
    ['facts', 'actor'],
    ['facts', 'actor', 'class'],
    ['facts', 'plaintext', 'credentials', ITEM, 'kind'],
    ['parameters', 'names'],
  ];
  const never: readonly (readonly string[])[] = [
    ['request', 'namespace'],
    ['request', 'object', 'metadata'],
    ['request', 'nothing', 'at', 'all'],
    ['request', 'userInfo', 'groups', ITEM],
    ['request', 'uid', ITEM],
    ['facts', 'object', 'managed'],
    ['facts', 'actor', 'name'],
    ['facts', 'nothing'],
    ['parameters', 'others'],
    ['parameters', 'names', ITEM],
    ['nothing', 'at'],
  ];

  for (const path of always) {
    it(`says that input.${path.join('.')} is always there`, () => {
      assert.equal(describeGiven(schema, declared)(path), true);
    });
  }
  for (const path of never) {
    it(`says that input.${path.join('.')} may be absent`, () => {
      assert.equal(describeGiven(schema, declared)(path), false);
    });
  }

  it('takes every fact for declared where nothing is, as in a library, and no parameter', () => {
    const isAlwaysGiven = describeGiven(schema, undefined);

    assert.deepEqual(
      [isAlwaysGiven(['facts', 'object', 'managed']), isAlwaysGiven(['parameters', 'names'])],
      [true, false],
    );
  });
});
