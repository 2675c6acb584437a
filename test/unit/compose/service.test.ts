import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../../src/base/clock.ts';
import { ensureCertificates } from '../../../src/certificates/ensure-certificates.ts';
import { startService, type RunningService } from '../../../src/compose/service.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { sampleRequest } from '../../support/admission-samples.ts';
import { startCloudEventsReceiver } from '../../support/cloudevents-receiver.ts';
import { createHttpsClient, type HttpsClient } from '../../support/https-client.ts';
import { bundleFolder } from '../../support/policy-bundles.ts';
import { recordTelemetry, type RecordingTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const POLICY = `# METADATA
# title: Refuse
# description: Refuses what is named so.
# custom:
#   severity: error
#   match:
#     operations: [CREATE]
#   failure: deny
#   facts: []
#   parameters:
#     name: bad
package holdfast.policies.refuse

deny contains {"code": "refused", "message": "Not this name"} if input.request.name == input.parameters.name
`;

const CONFIGURATION = `
cluster: { name: test }
server:
  port: 0
  metrics: { port: 0 }
policies:
  bundle: BUNDLE
`;

/** The configuration with the built policies of its folder. */
async function withBundle(folder: string, configuration: string): Promise<string> {
  return configuration.replace('BUNDLE', await bundleFolder(join(folder, 'policies')));
}

interface Started {
  readonly service: RunningService;
  readonly client: HttpsClient;
  readonly telemetry: RecordingTelemetry;
  readonly file: string;
  readonly folder: string;
}

async function start(test: TestContext, configuration = CONFIGURATION): Promise<Started> {
  const folder = await makeTemporaryFolder(test, { 'policies/refuse/refuse.rego': POLICY });
  const file = join(folder, 'holdfast.yaml');
  await writeFile(file, await withBundle(folder, configuration));
  const loaded = await loadConfiguration(file);
  assert.ok(loaded.ok);
  const { authorityPem } = await ensureCertificates({
    folder: dirname(loaded.configuration.server.tls.certificateFile),
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
    nowMs: systemClock.wallMs(),
  });
  const telemetry = recordTelemetry();
  const service = await startService({
    loaded,
    ...telemetry,
    environment: process.env,
    version: '1.2.3',
  });
  const client = createHttpsClient(service.url, { ca: authorityPem });
  test.after(async () => {
    client.close();
    await service.stop();
  });
  return { service, client, telemetry, file, folder };
}

function review(name: string): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: sampleRequest({ name }),
  });
}

async function isAllowed(client: HttpsClient, name: string): Promise<boolean> {
  const { response }: { readonly response: { readonly allowed: boolean } } = JSON.parse(
    (await client.post('/validate', review(name))).body,
  );
  return response.allowed;
}

/** The port of the webhook answers reviews alone. */
async function askReadiness({
  operationsUrl,
}: RunningService): Promise<{ readonly httpStatus: number; readonly body: string }> {
  const answer = await fetch(`${operationsUrl}/readyz`);
  return { httpStatus: answer.status, body: await answer.text() };
}

describe('startService()', () => {
  it('serves the configured policies', async (test) => {
    const { service, client, telemetry } = await start(test);

    assert.deepEqual(service.policyNames, ['refuse']);
    assert.equal(await isAllowed(client, 'good'), true);
    assert.equal(await isAllowed(client, 'bad'), false);
    assert.equal((await askReadiness(service)).httpStatus, 200);
    assert.deepEqual(await telemetry.exposed('holdfast_build_info'), [
      `holdfast_build_info{version="1.2.3",node="${process.versions.node}",policy_revision="${service.policyRevision}"} 1`,
    ]);
  });

  it('records a refusal and not a routine allow', async (test) => {
    const { client, telemetry } = await start(test);

    await isAllowed(client, 'good');
    await isAllowed(client, 'bad');

    const records = telemetry.entries.filter(({ message }) => message === 'Decision');
    assert.equal(records.length, 1);
    assert.equal(records[0]?.level, 'warn');
  });

  it('journals a refusal before it answers, and gives the API server its hash', async (test) => {
    const { service, client, folder } = await start(
      test,
      `${CONFIGURATION}audit: { journal: {} }\n`,
    );

    await isAllowed(client, 'good');
    const answer = await client.post('/validate', review('bad'));
    const { response } = z
      .object({ response: z.object({ auditAnnotations: z.record(z.string(), z.string()) }) })
      .parse(JSON.parse(answer.body));
    await service.stop();

    const path = join(folder, 'data', 'journal', 'segment-0000000000000001.sqlite');
    const database = new DatabaseSync(path, { readOnly: true });
    test.after(() => database.close());
    const entries = database.prepare('SELECT sequence, hash, decision_id FROM entries').all();
    const { auditAnnotations } = response;
    assert.deepEqual(
      entries.map(({ sequence, decision_id }) => [sequence, decision_id]),
      [[1, auditAnnotations['decision']]],
    );
    assert.match(auditAnnotations['record'] ?? '', /^[0-9A-Z]{26}:1:[0-9a-f]{64}$/u);
    assert.ok(auditAnnotations['record']?.endsWith(`:1:${String(entries[0]?.['hash'])}`));
  });

  it('is not ready, and refuses what it may not leave unrecorded, while the journal cannot write', async (test) => {
    const { service, client, folder } = await start(
      test,
      `${CONFIGURATION}audit: { journal: {}, record: { routineAllows: all } }\n`,
    );
    assert.equal(await isAllowed(client, 'good'), true);
    const path = join(folder, 'data', 'journal', 'segment-0000000000000001.sqlite');
    const blocker = new DatabaseSync(path);
    test.after(() => blocker.close());
    blocker.exec('BEGIN IMMEDIATE');

    assert.equal(await isAllowed(client, 'good'), false);
    assert.match(
      (await askReadiness(service)).body,
      /\[-\]journal failed: .*journal_write_failed/u,
    );
    blocker.exec('ROLLBACK');
    await waitUntil(async () => (await askReadiness(service)).httpStatus === 200);

    assert.equal(await isAllowed(client, 'good'), true);
  });

  it('stays ready where a sink was told to stop, and says so', async (test) => {
    const receiver = await startCloudEventsReceiver();
    test.after(() => receiver.stop());
    receiver.interrupt = (_request, response) => {
      response.writeHead(410).end();
      return true;
    };
    const authority = await makeTemporaryFolder(test, { 'ca.pem': receiver.authority.cert });
    const sink = {
      type: 'webhook',
      name: 'siem',
      url: receiver.url,
      tls: { caFile: join(authority, 'ca.pem') },
    };
    const { service, client } = await start(
      test,
      `${CONFIGURATION}audit: { journal: {}, sinks: [${JSON.stringify(sink)}] }\n`,
    );
    assert.equal(await isAllowed(client, 'bad'), false);

    await waitUntil(async () => (await askReadiness(service)).body.includes('[!]'));

    const { httpStatus, body } = await askReadiness(service);
    assert.equal(httpStatus, 200);
    assert.ok(
      body.includes(
        '[!]delivery needs somebody: the sink "siem" was told to stop: The target answered 410: it is retired',
      ),
    );
  });

  it('leaves nothing running where another process has the journal', async (test) => {
    const { folder } = await start(test, `${CONFIGURATION}audit: { journal: {} }\n`);
    const loaded = await loadConfiguration(join(folder, 'holdfast.yaml'));
    assert.ok(loaded.ok);

    await assert.rejects(
      startService({ loaded, ...recordTelemetry(), environment: process.env, version: '1' }),
      (error) => error instanceof HoldfastError && error.code === 'journal_locked',
    );
  });

  it('says once that there is no cluster to look objects up in', async (test) => {
    const { telemetry } = await start(test);

    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level === 'warn').map(({ message }) => message),
      ['No cluster to look objects up in: subresources of unknown parents are refused'],
    );
  });

  it('takes a changed configuration over without a restart', async (test) => {
    const { client, telemetry, file, folder } = await start(test);
    const settings = '  settings: { refuse: { parameters: { name: worse } }, unknown: {} }\n';

    await writeFile(file, await withBundle(folder, `${CONFIGURATION}${settings}`));

    await waitUntil(async () => !(await isAllowed(client, 'worse')));
    assert.equal(await isAllowed(client, 'bad'), true);
    assert.ok(
      telemetry.entries.some(
        ({ level, message }) => level === 'warn' && message.includes('"unknown"'),
      ),
    );
  });

  it('judges with another bundle when the configuration says so, and shows that one alone as what runs', async (test) => {
    const { service, client, telemetry, file } = await start(test);
    const folder = await makeTemporaryFolder(test, {
      'policies/refuse/refuse.rego': POLICY.replace('name: bad', 'name: other'),
    });

    await writeFile(file, await withBundle(folder, CONFIGURATION));

    await waitUntil(async () => !(await isAllowed(client, 'other')));
    assert.equal(await isAllowed(client, 'bad'), true);
    const shown = await telemetry.exposed('holdfast_build_info');
    assert.deepEqual(
      shown.map((line) => [line.includes(service.policyRevision), line.slice(-1)]),
      [
        [true, '0'],
        [false, '1'],
      ],
    );
  });

  it('keeps the last good configuration where the file becomes invalid', async (test) => {
    const { client, telemetry, file } = await start(test);

    await writeFile(file, 'server: { prot: 1 }\n');

    await waitUntil(() => telemetry.entries.some(({ level }) => level === 'error'));
    assert.equal(await isAllowed(client, 'bad'), false);
    assert.deepEqual(await telemetry.exposed('holdfast_configuration_reloads_total'), [
      'holdfast_configuration_reloads_total{outcome="failed"} 1',
    ]);
  });

  it('keeps the last good policies where the new ones are not built', async (test) => {
    const { client, telemetry, file } = await start(test);
    const folder = await makeTemporaryFolder(test, { 'refuse/refuse.rego': POLICY });

    await writeFile(file, CONFIGURATION.replace('BUNDLE', folder));

    await waitUntil(() =>
      telemetry.entries.some(({ fields }) =>
        JSON.stringify(fields).includes(`holdfast policy build ${folder} --out ${folder}-bundle`),
      ),
    );
    assert.equal(await isAllowed(client, 'bad'), false);
  });

  it('says how to build policies where there are none', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'holdfast.yaml': 'cluster: { name: test }' });
    const loaded = await loadConfiguration(join(folder, 'holdfast.yaml'));
    assert.ok(loaded.ok);

    await assert.rejects(
      startService({ loaded, ...recordTelemetry(), environment: process.env, version: '1' }),
      (error) =>
        error instanceof HoldfastError &&
        error.code === 'policy_bundle_missing' &&
        /Run "holdfast policy build \S+\/policies --out policies-bundle"/u.test(error.message),
    );
  });

  it('leaves nothing running where the certificate cannot be read', async (test) => {
    const folder = await makeTemporaryFolder(test, { 'policies/refuse/refuse.rego': POLICY });
    const file = join(folder, 'holdfast.yaml');
    await writeFile(file, await withBundle(folder, CONFIGURATION));
    const loaded = await loadConfiguration(file);
    assert.ok(loaded.ok);

    await assert.rejects(
      startService({ loaded, ...recordTelemetry(), environment: process.env, version: '1' }),
      (error) => error instanceof HoldfastError && error.code === 'certificate_unreadable',
    );
  });
});
