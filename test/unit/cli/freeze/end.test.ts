import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openFreezeDesk } from '../../../support/freeze-commands.ts';

describe('freeze end', () => {
  it('marks the object, with who and why', async (t) => {
    const { run, writes } = await openFreezeDesk(t);

    const ended = await run('end', 'freeze-1', '--reason', 'it is repaired');

    assert.deepEqual(ended, { status: 'ok', printed: 'ended freeze-1', reported: '' });
    assert.deepEqual(writes, [
      {
        method: 'PATCH',
        path: '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/freezes/freeze-1',
        contentType: 'application/merge-patch+json',
        body: { spec: { ended: true, endedBy: 'alice', endedReason: 'it is repaired' } },
      },
    ]);
  });

  it('wants a name and a reason', async (t) => {
    const { run, writes } = await openFreezeDesk(t);
    const named = await run('end', '../x', '--reason', 'it is repaired');
    assert.deepEqual([named.status, named.printed], ['usage', '']);
    assert.match(named.reported, /Expected the name of a freeze, found "\.\.\/x"/u);
    for (const words of [[], ['--reason', ''], ['--reason', 'x'.repeat(501)]]) {
      const { status, reported } = await run('end', 'freeze-1', ...words);
      assert.equal(status, 'usage');
      assert.match(reported, /--reason: Expected why deployments may go on, in at most 500/u);
    }
    assert.deepEqual(writes, []);
  });

  it('says that there is no such freeze, and why it could not', async (t) => {
    const missing = await openFreezeDesk(t, { status: 404 });
    assert.deepEqual(await missing.run('end', 'freeze-1', '--reason', 'r'), {
      status: 'failed',
      printed: '',
      reported: 'holdfast: The freeze "freeze-1" was not ended: there is no such freeze',
    });
    const refused = await openFreezeDesk(t, { status: 403 });
    const { status, reported } = await refused.run('end', 'freeze-1', '--reason', 'r');
    assert.equal(status, 'unavailable');
    assert.match(reported, /was not ended: The API server answered 403/u);
  });

  it('ends where the configuration is invalid', async (t) => {
    const { run } = await openFreezeDesk(t, {}, 'freeze: 1');
    assert.equal((await run('end', 'freeze-1', '--reason', 'r')).status, 'configuration');
  });
});
