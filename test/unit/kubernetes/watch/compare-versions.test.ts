import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isNewerVersion } from '../../../../src/kubernetes/watch/compare-versions.ts';

it('isNewerVersion compares numbers of any length, and nothing else', () => {
  assert.equal(isNewerVersion('10', '9'), true);
  assert.equal(isNewerVersion('9', '10'), false);
  assert.equal(isNewerVersion('12', '11'), true);
  assert.equal(isNewerVersion('11', '11'), false);
  assert.equal(isNewerVersion('90071992547409931', '90071992547409930'), true);
  for (const odd of ['', 'b', '0', '-1', '1.5']) {
    assert.equal(isNewerVersion(odd, '1'), false);
    assert.equal(isNewerVersion('9', odd), false);
  }
});
