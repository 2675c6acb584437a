import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { join } from 'node:path';
import { foldClusterState, readRecordedDay } from '../../../src/compose/recorded-day.ts';
import type { RecordedCase } from '../../../src/compose/recorded-day.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

function recorded(request: Record<string, unknown>): RecordedCase {
  return { action: 'a', expect: 'allow', review: { request: { uid: 'u', ...request } } };
}

function configMap(name: string, value: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, value };
}

describe('readRecordedDay()', () => {
  it('reads the cases', async (test) => {
    const cases = [recorded({ operation: 'CREATE' })];
    const folder = await makeTemporaryFolder(test, { 'day.json': JSON.stringify({ cases }) });

    assert.deepEqual(await readRecordedDay(join(folder, 'day.json')), cases);
  });

  const mangled: readonly [string, string, RegExp][] = [
    ['no JSON', '{', /^Cannot read the recording "/u],
    ['no cases', '{"cases":[]}', /is no recording: cases: /u],
    ['a case without review', '{"cases":[{"action":"a","expect":"b"}]}', /: cases\.0\.review: /u],
  ];
  for (const [what, text, message] of mangled) {
    it(`names the file of a recording with ${what}`, async (test) => {
      const folder = await makeTemporaryFolder(test, { 'day.json': text });

      await assert.rejects(readRecordedDay(join(folder, 'day.json')), (error) => {
        assert.ok(error instanceof HoldfastError);
        assert.equal(error.code, 'recording_unreadable');
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

describe('foldClusterState()', () => {
  it('keeps each object as it was seen first, the stored state before the new one', () => {
    const state = foldClusterState([
      recorded({ object: configMap('a', 'new'), oldObject: configMap('a', 'old') }),
      recorded({ object: configMap('a', 'newer'), oldObject: configMap('a', 'new') }),
      recorded({ object: configMap('b', 'created') }),
    ]);

    assert.deepEqual(state, [configMap('a', 'old'), configMap('b', 'created')]);
  });

  it('goes on with what the reviews before made of workloads, dry runs apart', () => {
    const deployment = (value: string) => ({
      ...configMap('a', value),
      apiVersion: 'apps/v1',
      kind: 'Deployment',
    });
    const [old, next] = [deployment('old'), deployment('new')];
    const update = { operation: 'UPDATE', object: next, oldObject: old };
    const cases = [
      recorded({ ...update, dryRun: true }),
      recorded(update),
      recorded({ ...update, subResource: 'status', object: old, oldObject: next }),
      recorded({ operation: 'DELETE', object: null, oldObject: next }),
    ];

    assert.deepEqual(
      [0, 1, 2, 3, 4].map((reviewsBefore) => foldClusterState(cases, reviewsBefore)),
      [[old], [old], [next], [next], []],
    );
  });

  it('takes the whole object of a status update, and no other subresource', () => {
    const state = foldClusterState([
      recorded({ subResource: 'status', oldObject: configMap('a', 'old') }),
      recorded({ subResource: 'scale', oldObject: configMap('scale', 'x') }),
    ]);

    assert.deepEqual(state, [configMap('a', 'old')]);
  });

  it('ignores what is no object', () => {
    assert.deepEqual(foldClusterState([recorded({ object: null }), recorded({ object: {} })]), []);
  });
});
