/** Where and with whose credentials images are read: the real thread, a registry, and a fake API server. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { describeImages } from '../../src/image/images-fact.ts';
import { serverCertificatesOf } from '../support/certificates.ts';
import { startFakeApiServer } from '../support/fake-api-server.ts';
import { judgePod, openImageStage, pushImage } from '../support/images/image-stage.ts';

test('a registry with a mirror is asked there, and rules name it as it is written', async (t) => {
  const stage = await openImageStage(t);
  const { registry, binder, configure } = stage;
  const { digest } = pushImage(stage, 'hub/library/shop');
  const { host } = registry;
  const configuration = configure({
    rules: [{ name: 'hub', images: ['docker.io/library/*'], authorities: ['release'] }],
    registries: {
      privateHosts: [host],
      plainHttpHosts: [host],
      mirrors: [{ registry: 'docker.io', place: `${host}/hub` }],
    },
  });
  const [fact] = await judgePod(await binder.bind(configuration), { images: ['shop:1'] });
  assert.partialDeepStrictEqual(fact?.signature, { status: 'verified', rule: 'hub', digest });
});

test('a registry that is of no named cloud is asked as before, and no cloud for it', async (t) => {
  const stage = await openImageStage(t, { authentication: { kind: 'bearer' } });
  const { registry, binder, configure, telemetry } = stage;
  pushImage(stage, 'shop');
  const { host } = registry;
  const configuration = configure({
    registries: {
      privateHosts: [host],
      plainHttpHosts: [host],
      cloudCredentials: [{ provider: 'ecr' }, { provider: 'acr' }, { provider: 'gcp' }],
    },
  });
  const [fact] = await judgePod(await binder.bind(configuration), { images: [`${host}/shop:1`] });
  assert.equal(fact?.signature?.status, 'verified');
  assert.deepEqual(await telemetry.exposed('holdfast_image_cloud_credentials_total'), []);
});

test('a private registry is read with the pull secret of the Pod, and a refusal names one that was not used', async (t) => {
  const login = { username: 'ada', password: 'secret' };
  const { authority, server } = serverCertificatesOf('image-access');
  const stage = await openImageStage(t, {
    tls: server,
    authentication: { kind: 'bearer', credential: login },
  });
  const { registry, binder, configure, folder } = stage;
  await writeFile(`${folder}/ca.pem`, authority.cert);
  pushImage(stage, 'shop');
  pushImage(stage, 'bank');
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  const { host } = registry;
  const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  const config = Buffer.from(JSON.stringify({ auths: { [host]: { auth } } })).toString('base64');
  api.answer('/api/v1/namespaces/shop/secrets/regcred', {
    body: {
      metadata: { name: 'regcred', namespace: 'shop' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': config },
    },
  });
  const { images, kubernetes } = configure({
    registries: { privateHosts: [host], caFile: `${folder}/ca.pem`, readPullSecrets: true },
  });
  const bound = await binder.bind({
    images,
    kubernetes: { ...kubernetes, kubeconfigFile: api.kubeconfigFile },
  });
  const judge = async (namespace: string, image: string, secret?: string) => {
    const resource = { group: '', version: 'v1', resource: 'pods' };
    const imagePullSecrets = secret === undefined ? [] : [{ name: secret }];
    const object = {
      metadata: { name: 'web', namespace },
      spec: { containers: [{ name: 'app', image }], imagePullSecrets },
    };
    const deadlineAtMs = addMs(systemClock.monotonicMs(), 20_000);
    const facts = describeImages({ resource, object });
    return await bound.judgeImages?.(facts, {
      request: { resource, object, namespace },
      deadlineAtMs,
    });
  };
  // Nothing is sent ahead of admission where nobody knows yet whose secrets count.
  binder.prepare([`${host}/shop:1`]);
  assert.deepEqual(registry.requests, []);
  // The refusal of a Pod without it is none for the Pod that has it.
  const [poor] = (await judge('shop', `${host}/shop:1`)) ?? [];
  assert.partialDeepStrictEqual(poor?.signature, { code: 'image_access_denied' });
  const [own] = (await judge('shop', `${host}/shop:1`, 'regcred')) ?? [];
  assert.equal(own?.signature?.status, 'verified');
  // What was verified in a namespace counts for all its Pods, and for its digest.
  const [later] = (await judge('shop', `${host}/shop:1`)) ?? [];
  assert.deepEqual(later?.signature, own?.signature);
  // The verdict of one namespace is none for another.
  const [other] = (await judge('bank', `${host}/shop:1`)) ?? [];
  assert.partialDeepStrictEqual(other?.signature, { code: 'image_access_denied' });
  const [absent] = (await judge('bank', `${host}/bank:1`, 'nothing')) ?? [];
  assert.equal(absent?.signature?.status, 'rejected');
  assert.match(
    absent.signature.reason,
    /; the pull secret bank\/nothing was not used: There is no such Secret$/u,
  );
});
