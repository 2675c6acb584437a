import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeFile } from 'node:fs/promises';
import { systemClock } from '../../../src/base/clock.ts';
import { bindRegistration } from '../../../src/compose/bind-registration.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import type { Configuration } from '../../../src/config/schema.ts';
import { issueTestCertificate } from '../../support/certificates.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import type { FakeApiServer, FakeWrite } from '../../support/fake-api-server.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const LISTS = ['validating', 'mutating'].map((kind) => `${ADMISSION}/${kind}webhookconfigurations`);

describe('bindRegistration', () => {
  let api: FakeApiServer;
  const writes: FakeWrite[] = [];
  before(async () => {
    api = await startFakeApiServer();
    for (const path of LISTS) {
      api.answer(path, { body: { metadata: { resourceVersion: '1' }, items: [] } });
    }
    api.answerWrites((write) => {
      writes.push(write);
      const isProbe = write.path.endsWith('dryRun=All');
      if (!isProbe) return {};
      return { status: 403, body: { message: 'probe.holdfast.dev denied the request' } };
    });
  });
  after(async () => {
    await api.stop();
  });

  function configure(registration: object): Configuration {
    const parsed = parseConfiguration(
      JSON.stringify({
        identity: {
          writers: [{ name: 'a', tool: 'argocd', username: 'system:serviceaccount:argocd:a' }],
        },
        kubernetes: { kubeconfigFile: api.kubeconfigFile },
        registration,
      }),
      { file: 'holdfast.yaml', folder: api.folder },
    );
    assert.ok(parsed.ok, JSON.stringify(parsed));
    return parsed.configuration;
  }

  function bind(configuration: Configuration, ownAuthorityPem?: () => string) {
    return bindRegistration(configuration, {
      ...recordTelemetry(),
      clock: systemClock,
      replica: 'holdfast-0',
      inForce: () => configuration,
      ownAuthorityPem,
      onDrift: () => undefined,
    });
  }

  it('does nothing where it is not asked to', async () => {
    assert.equal(await bind(configure({})), undefined);
  });

  it('registers what manifests plans, with the authority of the file, and follows what others write', async () => {
    const { cert } = issueTestCertificate({ commonNames: ['ca'], purpose: 'authority' });
    await writeFile(join(api.folder, 'authority.crt'), cert);
    const registration = await bind(
      configure({ manage: true, url: 'https://10.0.0.5:8443', authorityFile: 'authority.crt' }),
    );
    assert.ok(registration !== undefined);
    assert.match(registration.problem() ?? '', /nothing is known/u);
    registration.follow();
    const watch = await api.nextWatch(LISTS[0] ?? '');
    assert.equal(watch.query.get('fieldSelector'), 'metadata.name=holdfast');
    await waitUntil(() => registration.problem() === undefined);
    const applied = () =>
      writes.filter(({ path }) => path.includes('webhookconfigurations/holdfast?'));
    assert.equal(applied().length, 2);
    assert.match(
      JSON.stringify(applied()[0]?.body),
      /"url":"https:\/\/10\.0\.0\.5:8443\/validate","caBundle":"/u,
    );
    watch.open();
    watch.send('ADDED', { metadata: { name: 'holdfast', resourceVersion: '2' } });
    await waitUntil(() => applied().length > 2);
    await registration.close();
    assert.equal(
      writes.some(({ method }) => method === 'DELETE'),
      false,
    );
  });

  it('waits for the authority of its own certificates, and registers by it', async () => {
    writes.length = 0;
    let authority = '';
    const registration = await bind(configure({ manage: true }), () => authority);
    registration?.follow();
    await waitUntil(() => registration?.problem()?.includes('no authority yet') === true);
    assert.deepEqual(
      writes.filter(({ path }) => path.includes('webhookconfigurations')),
      [],
    );
    authority = 'an authority';
    await waitUntil(() => registration?.problem() === undefined);
    await registration?.close();
    const caBundle = Buffer.from(authority).toString('base64');
    const configurations = writes.filter(({ path }) => path.includes('webhookconfigurations'));
    for (const { body } of configurations) {
      assert.match(JSON.stringify(body), new RegExp(`"caBundle":"${caBundle}"`, 'u'));
    }
    assert.equal(configurations.length, 3);
  });

  it('leaves its own authority out where the configuration names a file', async () => {
    writes.length = 0;
    const { cert } = issueTestCertificate({ commonNames: ['ca'], purpose: 'authority' });
    await writeFile(join(api.folder, 'authority.crt'), cert);
    const configuration = configure({ manage: true, authorityFile: 'authority.crt' });
    const registration = await bind(configuration, () => '');
    registration?.follow();
    await waitUntil(() => registration?.problem() === undefined);
    await registration?.close();
    assert.match(JSON.stringify(writes), /"caBundle":"[A-Za-z0-9+/=]{200}/u);
  });

  it('reaches the Service of its namespace where no address is set', async () => {
    writes.length = 0;
    const registration = await bind(configure({ manage: true }));
    registration?.follow();
    await waitUntil(() => registration?.problem() === undefined);
    await registration?.close();
    assert.match(
      JSON.stringify(writes),
      /"service":\{"namespace":"holdfast-system","name":"holdfast","path":"\/validate","port":443\}/u,
    );
  });
});
