import assert from 'node:assert/strict';
import { it } from 'node:test';
import { computeObjectId } from '../../../../src/signature/git/compute-object-id.ts';

it('computes the ids that git hash-object prints', () => {
  const empty = Buffer.alloc(0);

  assert.deepEqual(
    [
      computeObjectId('commit', empty, 'sha1'),
      computeObjectId('tag', Buffer.from('é'), 'sha1'),
      computeObjectId('commit', empty, 'sha256'),
    ],
    [
      'dcf5b16e76cce7425d0beaef62d79a7d10fce1f5',
      'a8506b44cda162a4a11b36f2f5b633d5218e58fc',
      '9f2a7f3b00f22334f6adc2721fb1f89cd969f02264d37cf6a2c32ba09beb6822',
    ],
  );
});
