/** The checks that try something: a handshake, a dry run, a question to a pod. They change nothing. */
import { z } from 'zod';
import type { WallMs } from '../../base/clock.ts';
import { WEBHOOK_NAMES } from '../../registration/plan-registration.ts';
import type { TextReading } from '../../kubernetes/client/cluster-client.ts';
import { classifyCall } from './classify-call.ts';
import { classifyClock, type ClockFacts } from './classify-clock.ts';
import { classifyDelivery, type PodReport } from './classify-delivery.ts';
import { classifyHandshakes, type MadeHandshake } from './classify-handshakes.ts';
import { classifyKinds } from './classify-kinds.ts';
import { askList, deadlineOf, onRead, type Examination } from './examination.ts';
import { unreadable, type Finding, type Read } from './finding.ts';
import { probeHandshake } from './probe-handshake.ts';
import type { RegisteredWebhook } from './registered-webhook.ts';

/** A handshake for each address and authority: the webhooks may differ in both. */
export async function examineHandshakes(
  webhooks: Read<readonly RegisteredWebhook[]>,
  nowMs: WallMs,
): Promise<readonly Finding[]> {
  // That they cannot be read is said once.
  if (webhooks.status === 'unreadable') return [];
  const groups = Map.groupBy(webhooks.value, ({ clientConfig }) =>
    JSON.stringify([addressOf(clientConfig), clientConfig.caBundle]),
  );
  const made = await Promise.all([...groups.values()].map(shakeHands));
  return classifyHandshakes(made.flat(), nowMs);
}

async function shakeHands(group: readonly RegisteredWebhook[]): Promise<readonly MadeHandshake[]> {
  const [first] = group;
  const address = first === undefined ? undefined : addressOf(first.clientConfig);
  if (first === undefined || address === undefined) return [];
  const { caBundle } = first.clientConfig;
  const authorityPem =
    caBundle === undefined ? undefined : Buffer.from(caBundle, 'base64').toString('utf8');
  return [
    {
      address: `${address.host}:${String(address.port)}`,
      webhooks: group.map(({ name }) => name),
      handshake: await probeHandshake({ ...address, authorityPem }),
    },
  ];
}

const HTTPS_PORT = 443;

/** As the API server reaches it; `undefined` where the registration names nothing. */
function addressOf({ url, service }: RegisteredWebhook['clientConfig']) {
  if (service !== undefined) {
    return { host: `${service.name}.${service.namespace}.svc`, port: service.port };
  }
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(?<address>.*)\]$/u, '$<address>');
  return { host, port: port === '' ? HTTPS_PORT : Number(port) };
}

const TRIED = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { generateName: 'holdfast-doctor-', namespace: 'default' },
};

/** Asks for a write that is never made, so that the API server asks Holdfast. It is recorded as a dry run. */
export async function examineCall(examination: Examination): Promise<readonly Finding[]> {
  const writing = await examination.client.write(
    '/api/v1/namespaces/default/configmaps?dryRun=All',
    { method: 'POST', body: TRIED, deadlineAtMs: deadlineOf(examination) },
  );
  return [classifyCall(writing)];
}

/** Kinds that Git declares nearly everywhere; what else a cluster has is a custom resource. */
const USUAL_KINDS = [
  'configmaps',
  'secrets',
  'services',
  'serviceaccounts',
  'namespaces',
  'persistentvolumeclaims',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'cronjobs.batch',
  'jobs.batch',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
];
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=5000';
/** The name of a definition is all of it that is read: schemas take megabytes. */
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const namedSchema = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

/** Whether the rules reach the usual kinds, those that are followed, and every custom resource. */
export async function examineKinds(
  examination: Examination,
  webhooks: Read<readonly RegisteredWebhook[]>,
): Promise<readonly Finding[]> {
  if (webhooks.status === 'unreadable') return [];
  const { kubernetes, registration } = examination.configuration;
  const defined = await askList(examination, DEFINITIONS, {
    item: namedSchema,
    accept: METADATA_LIST,
  });
  return onRead('The custom resources', defined, (definitions) => {
    const custom = definitions.map(({ metadata }) => metadata.name);
    const names = new Set([...USUAL_KINDS, ...kubernetes.watch.resources.map(String), ...custom]);
    return classifyKinds({
      webhooks: webhooks.value,
      drift: WEBHOOK_NAMES.drift,
      kinds: [...names].map(splitName),
      isTrial: registration.profile === 'trial',
    });
  });
}

/** `deployments.apps` */
function splitName(name: string): { readonly group: string; readonly resource: string } {
  const [resource = '', ...group] = name.split('.');
  return { group: group.join('.'), resource };
}

/** The clock of this machine, and of the pods that answer through the API server. */
export async function examineClock(
  examination: Examination,
  pods: readonly string[],
): Promise<readonly Finding[]> {
  const { client, clock, configuration } = examination;
  const deadlineAtMs = deadlineOf(examination);
  const beforeMs = clock.wallMs();
  const version = await client.readText('/version', { deadlineAtMs });
  const hereMs = (beforeMs + clock.wallMs()) / 2;
  if (version.status !== 'read' || version.servedAtMs === undefined) {
    return [unreadable('The clock of the API server', whyUnread(version))];
  }
  const serverAheadMs = version.servedAtMs - hereMs;
  const clocks: ClockFacts['clocks'][number][] = [
    { name: 'this machine', aheadMs: -serverAheadMs },
  ];
  for (const pod of pods) {
    const sentMs = clock.wallMs();
    const told = await client.readText(pathOf(examination, pod, 'livez'), { deadlineAtMs });
    if (told.status !== 'read' || told.servedAtMs === undefined) continue;
    const nowMs = (sentMs + clock.wallMs()) / 2;
    clocks.push({ name: pod, aheadMs: told.servedAtMs - nowMs - serverAheadMs });
  }
  return classifyClock({ clocks, toleratedMs: configuration.breakGlass.limits.clockSkewMs });
}

/** What the pods that are ready measure. */
export async function examineDelivery(
  examination: Examination,
  pods: readonly string[],
): Promise<readonly Finding[]> {
  const reports: PodReport[] = [];
  const findings: Finding[] = [];
  for (const name of pods) {
    const deadlineAtMs = deadlineOf(examination);
    const read = async (page: string): Promise<TextReading> =>
      await examination.client.readText(pathOf(examination, name, page), { deadlineAtMs });
    const metrics = await read('metrics');
    const readiness = await read('readyz');
    if (metrics.status === 'read' && readiness.status === 'read') {
      const { namespace } = examination;
      reports.push({ name, namespace, metrics: metrics.text, readiness: readiness.text });
    } else {
      const failed = metrics.status === 'read' ? readiness : metrics;
      findings.push(unreadable(`What ${name} measures`, whyUnread(failed)));
    }
  }
  return [...findings, ...classifyDelivery(reports)];
}

/** A page of a pod, through the API server. Health has a port of its own where the configuration says so. */
function pathOf({ namespace, configuration }: Examination, pod: string, page: string): string {
  const { metrics, health = metrics } = configuration.server;
  const port = String((page === 'metrics' ? metrics : health).port);
  return `/api/v1/namespaces/${namespace}/pods/http:${pod}:${port}/proxy/${page}`;
}

function whyUnread(reading: TextReading) {
  if (reading.status !== 'unavailable') return { reason: 'it did not answer' };
  return { reason: reading.reason, isForbidden: reading.code === 'lookup_forbidden' };
}
