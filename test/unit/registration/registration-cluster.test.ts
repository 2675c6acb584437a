import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { createClusterClient } from '../../../src/kubernetes/client/client.ts';
import type { ConnectedCluster } from '../../../src/kubernetes/client/cluster-client.ts';
import { isRecord } from '../../../src/base/is-record.ts';
import { webhooksOf } from '../../../src/registration/diff-registration.ts';
import { RegistrationCluster } from '../../../src/registration/registration-cluster.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import type { FakeAnswer, FakeApiServer, FakeWrite } from '../../support/fake-api-server.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
const PLANNED = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'holdfast', annotations: { a: 'b' } },
  webhooks: ['drift.holdfast.dev', 'self.holdfast.dev'].map((name) => ({
    name,
    clientConfig: { service: { name: 'holdfast', path: '/validate' } },
  })),
};
const bundles = (body: unknown): readonly unknown[] =>
  [...webhooksOf(isRecord(body) ? body : {}).values()].map(({ clientConfig }) =>
    isRecord(clientConfig) ? clientConfig['caBundle'] : undefined,
  );

describe('RegistrationCluster', () => {
  let api: FakeApiServer;
  let client: ConnectedCluster;
  let cluster: RegistrationCluster;
  let writes: FakeWrite[] = [];
  let answers: ((write: FakeWrite) => FakeAnswer)[] = [];
  before(async () => {
    api = await startFakeApiServer();
    const created = await createClusterClient({
      kubeconfigFile: api.kubeconfigFile,
      connectionsMax: 2,
      clock: systemClock,
    });
    assert.ok(created !== undefined);
    client = created;
    cluster = new RegistrationCluster({ client, clock: systemClock });
    api.answerWrites((write) => {
      writes.push(write);
      return answers.shift()?.(write) ?? {};
    });
  });
  beforeEach(() => {
    writes = [];
    answers = [];
  });
  after(async () => {
    client.close();
    await api.stop();
  });

  it('takes what cannot be read for no absence', async () => {
    assert.deepEqual(await cluster.read(PLANNED), { ok: true, value: undefined });
    api.answer(PATH, { status: 403, body: { message: 'no' } });
    assert.equal((await cluster.read(PLANNED)).ok, false);
    api.answer(PATH, { body: [] });
    assert.deepEqual(await cluster.read(PLANNED), {
      ok: false,
      reason: `The answer to GET ${PATH} is no object`,
    });
    api.answer(PATH, { body: PLANNED });
    assert.deepEqual(await cluster.read(PLANNED), { ok: true, value: PLANNED });
  });

  it('applies over the version that was read, and keeps the trust that others wrote', async () => {
    const live = {
      metadata: { resourceVersion: '7' },
      webhooks: [{ name: 'drift.holdfast.dev', clientConfig: { caBundle: 'theirs' } }],
    };
    assert.deepEqual(await cluster.apply(PLANNED, live, 'proven'), { ok: true, value: undefined });
    const [write] = writes;
    assert.deepEqual(
      [writes.length, write?.method, write?.path, write?.contentType],
      [
        1,
        'PATCH',
        `${PATH}?fieldManager=holdfast-registration&force=true`,
        'application/apply-patch+yaml',
      ],
    );
    assert.equal(
      Reflect.get(Object(Reflect.get(Object(write?.body), 'metadata')), 'resourceVersion'),
      '7',
    );
    // A webhook that is new is trusted as its siblings are.
    assert.deepEqual(bundles(write?.body), ['theirs', 'theirs']);
  });

  it('makes what is absent with the trust that was proven, and without one where there is none', async () => {
    await cluster.apply(PLANNED, undefined, 'proven');
    await cluster.apply(PLANNED, undefined);
    assert.deepEqual(
      writes.map(({ body }) => bundles(body)),
      [
        ['proven', 'proven'],
        [undefined, undefined],
      ],
    );
  });

  it('replaces the object where what somebody added stays', async () => {
    answers = [
      ({ body }) => ({
        body: {
          ...Object(body),
          metadata: { ...PLANNED.metadata, resourceVersion: '8' },
          webhooks: [...PLANNED.webhooks, { name: 'added.example.com' }],
        },
      }),
    ];
    assert.equal((await cluster.apply(PLANNED, { metadata: { resourceVersion: '7' } })).ok, true);
    const [, put] = writes;
    assert.deepEqual(
      [put?.method, Reflect.get(Object(put?.body), 'webhooks')],
      ['PUT', PLANNED.webhooks],
    );
    assert.equal(
      Reflect.get(Object(Reflect.get(Object(put?.body), 'metadata')), 'resourceVersion'),
      '8',
    );
  });

  it('says why it could not write', async () => {
    answers = [() => ({ status: 409, body: { message: 'changed' } })];
    const conflict = await cluster.apply(PLANNED, undefined);
    assert.match(conflict.ok ? '' : conflict.reason, /changed/u);
    answers = [() => ({ status: 404, body: {} })];
    assert.deepEqual(await cluster.apply(PLANNED, undefined), {
      ok: false,
      reason: 'The API server knows no such place',
    });
    answers = [() => ({ body: [] }), () => ({ status: 422, body: { message: 'invalid' } })];
    const refused = await cluster.apply(PLANNED, undefined);
    assert.match(refused.ok ? '' : refused.reason, /invalid/u);
  });

  it('takes nothing but a refusal of the probe as a proof, with the trust by which it was asked', async () => {
    const probe: FakeAnswer = {
      body: { webhooks: [{ name: 'probe.holdfast.dev', clientConfig: { caBundle: 'injected' } }] },
    };
    const refusal = {
      status: 403,
      body: { message: 'admission webhook "probe.holdfast.dev" denied the request' },
    };
    answers = [() => probe, () => refusal];
    assert.deepEqual(await cluster.prove(PLANNED, 'hold'), { ok: true, value: 'injected' });
    const [registered, asked] = writes;
    assert.match(JSON.stringify(registered?.body), /"path":"\/prove"/u);
    assert.equal(asked?.path, '/apis/coordination.k8s.io/v1/namespaces/hold/leases?dryRun=All');

    answers = [() => probe, () => ({ status: 201 })];
    assert.deepEqual(await cluster.prove(PLANNED, 'hold'), {
      ok: false,
      reason: 'The API server does not ask the probe yet',
    });
    answers = [
      () => probe,
      () => ({ status: 500, body: { message: 'failed calling webhook "probe.holdfast.dev"' } }),
    ];
    assert.equal((await cluster.prove(PLANNED, 'hold')).ok, false);
    answers = [() => ({ status: 403, body: { message: 'no right' } })];
    assert.equal((await cluster.prove(PLANNED, 'hold')).ok, false);
  });

  it('proves by the authority that it is given, but for one that is planned', async () => {
    const refusal = { status: 403, body: { message: 'probe.holdfast.dev denied the request' } };
    const clientConfig = { url: 'https://10.0.0.5:8443/validate' };
    for (const [planned, expected] of [
      [clientConfig, 'own'],
      [{ ...clientConfig, caBundle: 'planned' }, 'planned'],
    ] as const) {
      writes = [];
      answers = [({ body }) => ({ body: isRecord(body) ? body : {} }), () => refusal];
      const webhooks = [{ name: 'a', clientConfig: planned }];
      const proven = await cluster.prove({ kind: PLANNED.kind, webhooks }, 'hold', 'own');
      assert.deepEqual(proven, { ok: true, value: expected });
      assert.deepEqual(bundles(writes[0]?.body), [expected]);
    }
  });

  it('proves by the address outside of the cluster, where one is planned', async () => {
    const clientConfig = { url: 'https://10.0.0.5:8443/validate' };
    const planned = { kind: PLANNED.kind, webhooks: [{ name: 'a', clientConfig }] };
    answers = [
      () => ({ body: [] }),
      () => ({ status: 403, body: { message: 'probe.holdfast.dev denied the request' } }),
    ];
    assert.deepEqual(await cluster.prove(planned, 'hold'), { ok: true, value: undefined });
    assert.match(JSON.stringify(writes[0]?.body), /"url":"https:\/\/10\.0\.0\.5:8443\/prove"/u);
  });
});
