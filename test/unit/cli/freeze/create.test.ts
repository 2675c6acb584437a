import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openFreezeDesk } from '../../../support/freeze-commands.ts';

const PATH = '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/freezes';

describe('freeze create', () => {
  it('makes an object in the name of who runs it', async (t) => {
    const { run, writes } = await openFreezeDesk(t);

    const created = await run(
      'create',
      '--application',
      'argocd/checkout',
      '--namespace',
      'shop',
      '--reason',
      'a release',
    );

    assert.equal(created.status, 'ok', created.reported);
    const [write] = writes;
    assert.ok(write);
    assert.equal(write.method, 'POST');
    assert.equal(write.path, PATH);
    const { metadata, spec } = write.body as {
      metadata: { name: string; namespace: string };
      spec: { expires: string };
    };
    assert.match(metadata.name, /^freeze-[0-9a-z]{26}$/u);
    assert.equal(metadata.namespace, 'holdfast-system');
    assert.deepEqual(
      { ...spec, expires: '' },
      {
        reason: 'a release',
        by: 'alice',
        expires: '',
        applications: ['argocd/checkout'],
        namespaces: ['shop'],
      },
    );
    assert.equal(created.printed, `frozen until ${spec.expires}: ${metadata.name}`);
  });

  it('names each problem of the command line, and freezes nothing', async (t) => {
    const { run, writes } = await openFreezeDesk(t);

    const { status, reported } = await run('create', '--application', 'checkout', '--for', '2w');

    assert.equal(status, 'usage');
    assert.match(reported, /Nothing is frozen\n--application: .+\n--reason: .+\n--for: .+/u);
    assert.deepEqual(writes, []);
  });

  it('says why the API server refuses, and that the kind is not installed', async (t) => {
    const refused = await openFreezeDesk(t, { status: 403 });
    const answer = await refused.run('create', '--reason', 'a release');
    assert.equal(answer.status, 'unavailable');
    assert.match(answer.reported, /^holdfast: Nothing is frozen: The API server answered 403/u);

    const missing = await openFreezeDesk(t, { status: 404 });
    assert.deepEqual(await missing.run('create', '--reason', 'a release'), {
      status: 'unavailable',
      printed: '',
      reported:
        'holdfast: Nothing is frozen: the kind Freeze is not installed: apply deploy/base/freeze.yaml',
    });
  });

  it('ends where the configuration is invalid', async (t) => {
    const { run } = await openFreezeDesk(t, {}, 'freeze: 1');
    assert.equal((await run('create', '--reason', 'a release')).status, 'configuration');
  });
});
