/** A real service with a real server, journal and delivery thread, whose traces go to a strict collector over TLS. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { stringify } from 'yaml';
import { systemClock } from '../../src/base/clock.ts';
import { ensureCertificates } from '../../src/certificates/ensure-certificates.ts';
import { startService, type RunningService } from '../../src/compose/service.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { sampleRequest } from './admission-samples.ts';
import { startFakeApiServer, type FakeApiServer } from './fake-api-server.ts';
import { createHttpsClient, type HttpsAnswer, type HttpsClient } from './https-client.ts';
import { bundleFolder, policyText } from './policy-bundles.ts';
import { recordTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';
import { createFakeTraceCollector, type FakeTraceCollector } from './sinks/fake-trace-collector.ts';
import { startHttpsTarget, type HttpsTargetFixture } from './sinks/https-target.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

/** Must never be found in a trace. */
export const CONTENT = 'hunter2-in-an-object';
const TOKEN = 'word-of-the-collector';

/** Refuses the name `bad`, and must know who manages the object. */
const POLICY = policyText({
  name: 'sample',
  custom: ['severity: error', 'match: {operations: [UPDATE]}', 'failure: deny', 'facts: [object]'],
  body: [
    'deny contains {"code": "no", "message": "No"} if {',
    '  input.request.name == "bad"',
    '  not input.facts.object.managed',
    '}',
  ].join('\n'),
});

export interface TracedService {
  readonly service: RunningService;
  readonly collector: FakeTraceCollector;
  readonly target: HttpsTargetFixture;
  readonly api: FakeApiServer;
  readonly telemetry: RecordingTelemetry;
  readonly client: HttpsClient;
  /** Scales a Deployment of that name, with these headers. */
  readonly scale: (
    name: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<HttpsAnswer>;
  readonly stop: () => Promise<void>;
}

export interface TracedServiceOptions {
  /** Further keys of `traces`; `null` leaves the section out. */
  readonly traces?: Readonly<Record<string, unknown>> | null;
  /** Further keys of the configuration. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly exemplars?: boolean;
}

/** Starts it; everything ends with the test. */
export async function startTracedService(
  test: Pick<TestContext, 'after'>,
  { traces = {}, configuration = {}, exemplars = false }: TracedServiceOptions = {},
): Promise<TracedService> {
  const collector = createFakeTraceCollector({ token: TOKEN });
  const target = await startHttpsTarget({ handler: collector.handler });
  test.after(() => target.stop());
  const api = await startFakeApiServer();
  test.after(() => api.stop());
  for (const name of ['good', 'bad']) {
    api.answer(`/apis/apps/v1/namespaces/shop/deployments/${name}`, { body: deployment(name) });
  }
  const folder = await makeTemporaryFolder(test, {
    'policies/sample/sample.rego': POLICY,
    'collector.pem': target.ca,
  });
  const file = join(folder, 'holdfast.yaml');
  const bundle = await bundleFolder(join(folder, 'policies'));
  const settings = formatSettings({ bundle, api, target }, { traces, configuration });
  await writeFile(file, stringify(settings));
  const loaded = await loadConfiguration(file);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { authorityPem } = await ensureCertificates({
    folder: dirname(loaded.configuration.server.tls.certificateFile),
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
    nowMs: systemClock.wallMs(),
  });
  const telemetry = recordTelemetry({ exemplars });
  const service = await startService({
    loaded,
    ...telemetry,
    environment: { ...process.env, COLLECTOR_AUTHORIZATION: `Bearer ${TOKEN}` },
    version: '1.2.3',
  });
  const client = createHttpsClient(service.url, { ca: authorityPem, connectionsMax: 8 });
  const stop = async (): Promise<void> => {
    client.close();
    await service.stop();
  };
  test.after(stop);
  return {
    service,
    collector,
    target,
    api,
    telemetry,
    client,
    scale: (name, headers = {}) =>
      client.send('/validate?timeout=10s', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: review(name),
      }),
    stop,
  };
}

function formatSettings(
  { bundle, api, target }: { readonly bundle: string } & Pick<TracedService, 'api' | 'target'>,
  { traces, configuration }: Required<Pick<TracedServiceOptions, 'traces' | 'configuration'>>,
): object {
  return {
    cluster: { name: 'test' },
    server: { port: 0, metrics: { port: 0 } },
    policies: { bundle },
    kubernetes: { kubeconfigFile: api.kubeconfigFile, watch: { resources: [] } },
    audit: { journal: {}, record: { routineAllows: 'all' } },
    ...configuration,
    ...(traces !== null && {
      traces: {
        url: target.url,
        samplingRatio: 0,
        batchDelayMs: 10,
        tls: { caFile: 'collector.pem' },
        secretHeaders: { authorization: { env: 'COLLECTOR_AUTHORIZATION' } },
        ...traces,
      },
    }),
  };
}

function deployment(name: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', uid: name, annotations: { note: CONTENT } },
  };
}

/** A review of `kubectl scale`. */
function review(name: string): string {
  const scale = (replicas: number): object => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace: 'shop', uid: name, annotations: { note: CONTENT } },
    spec: { replicas },
  });
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: sampleRequest({
      name,
      operation: 'UPDATE',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      subResource: 'scale',
      object: scale(2) as never,
      oldObject: scale(1) as never,
    }),
  });
}
