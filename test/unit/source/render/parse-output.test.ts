import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOutput } from '../../../../src/source/render/parse-output.ts';
import { WEB } from '../../../support/render-samples.ts';

test('parseOutput() tells a refusal from a fault of the moment', () => {
  assert.deepEqual(parseOutput({ status: 'failed', reason: 'it was ended' }, 'helm'), {
    status: 'failed',
    reason: 'helm gave no result: it was ended',
  });
  assert.deepEqual(parseOutput({ status: 'refused', message: 'bad' }, 'helm'), {
    status: 'not-comparable',
    reason: 'helm refuses the source: bad',
  });
});

test('parseOutput() reads manifests', () => {
  const parsed = parseOutput({ status: 'done', output: WEB }, 'helm');
  assert.ok(parsed.status === 'rendered');
  assert.deepEqual(
    parsed.manifests.map(({ manifest }) => manifest['kind']),
    ['Deployment'],
  );
  const damaged = parseOutput({ status: 'done', output: `${WEB}kind: twice\n` }, 'helm');
  assert.equal(damaged.status, 'not-comparable');
});
