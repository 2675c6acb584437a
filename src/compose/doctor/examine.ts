/** Reads what `holdfast doctor` judges, through the API server and from this machine. */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { readBounded } from '../../base/read-bounded.ts';
import type { Configuration } from '../../config/schema.ts';
import { parseServiceAccount } from '../../registration/parse-service-account.ts';
import { GUARD_NAMES } from '../../registration/plan-guard.ts';
import {
  FAILURE_POLICY_DEFAULTS,
  REGISTRATION_NAME,
  WEBHOOK_KEYS,
  WEBHOOK_NAMES,
} from '../../registration/plan-registration.ts';
import { classifyAuthority } from './classify-authority.ts';
import { classifyEvidence } from './classify-evidence.ts';
import { classifyGuard } from './classify-guard.ts';
import { classifyRegistration } from './classify-registration.ts';
import { classifyReplicas } from './classify-replicas.ts';
import { classifyRights, type AnsweredRight } from './classify-rights.ts';
import { classifyTools } from './classify-tools.ts';
import { ask, askList, deadlineOf, MALFORMED, onRead, type Examination } from './examination.ts';
import {
  examineCall,
  examineClock,
  examineDelivery,
  examineHandshakes,
  examineKinds,
} from './examine-live.ts';
import { unreadable, type CheckResult, type Finding, type Read } from './finding.ts';
import { planRights } from './plan-rights.ts';
import { webhookConfigurationSchema, type RegisteredWebhook } from './registered-webhook.ts';

/** A chain of certificates has a few kilobytes. */
const PEM_BYTES_MAX = 1024 * 1024;
const OUR_PODS = `?labelSelector=${encodeURIComponent('app.kubernetes.io/name=holdfast')}`;
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const REGISTRATIONS = `the webhook configurations "${REGISTRATION_NAME}"`;
const WEBHOOK_KINDS = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'] as const;

/** Every check, in the order in which faults explain each other. */
export async function examine(examination: Examination): Promise<readonly CheckResult[]> {
  const { configuration, clock, namespace } = examination;
  const webhooks = await readWebhooks(examination);
  const pods = await readPods(examination, namespace, OUR_PODS);
  const ready = pods.status === 'read' ? pods.value.filter(isReady).map(nameOf) : [];
  const live = await examineHandshakes(webhooks, clock.wallMs());
  const isServedSeen = live.some(({ status }) => status === 'ok');
  const certificate = onRead(
    'The registration',
    webhooks,
    judgeAuthority(await readServed(configuration), clock.wallMs()),
  );
  return [
    {
      check: 'registration',
      place: REGISTRATIONS,
      findings: onRead('The registration', webhooks, judgeRegistration(configuration)),
    },
    {
      check: 'certificate',
      place: `${REGISTRATIONS}; ${configuration.server.tls.certificateFile}`,
      // What is served was seen: the file need not be.
      findings: certificate.filter(
        ({ code }) => !(isServedSeen && code === 'certificate_elsewhere'),
      ),
    },
    { check: 'handshake', place: REGISTRATIONS, findings: live },
    {
      check: 'call',
      place: 'a dry run in namespace default',
      findings: await examineCall(examination),
    },
    {
      check: 'kinds',
      place: REGISTRATIONS,
      findings: await examineKinds(examination, webhooks),
    },
    {
      check: 'guard',
      place: 'validatingadmissionpolicybindings',
      findings: onRead('The admission policies', await readGuards(examination), (bound) =>
        classifyGuard({ bound, wanted: GUARD_NAMES }),
      ),
    },
    {
      check: 'replicas',
      place: `pods in namespace ${namespace}`,
      findings: onRead(`The pods of namespace "${namespace}"`, pods, judgeReplicas(namespace)),
    },
    {
      check: 'clock',
      place: 'the API server',
      findings: await examineClock(examination, ready),
    },
    { check: 'rights', place: 'clusterroles', findings: await examineRights(examination) },
    { check: 'tools', place: 'identity.writers', findings: await examineTools(examination) },
    {
      check: 'evidence',
      place: 'audit, alerts',
      findings: classifyEvidence({ ...configuration, freeBytes: await readRoom(configuration) }),
    },
    {
      check: 'delivery',
      place: `pods in namespace ${namespace}`,
      findings: await examineDelivery(examination, ready),
    },
  ];
}

function judgeRegistration({ limits, registration }: Configuration) {
  const closed = WEBHOOK_KEYS.filter((key) => FAILURE_POLICY_DEFAULTS[key] === 'Fail');
  return (webhooks: readonly RegisteredWebhook[]) =>
    classifyRegistration({
      webhooks,
      expected: WEBHOOK_KEYS.map((key) => WEBHOOK_NAMES[key]),
      closed: registration.profile === 'trial' ? [] : closed.map((key) => WEBHOOK_NAMES[key]),
      isTrial: registration.profile === 'trial',
      requestDeadlineMs: limits.requestDeadlineMs,
    });
}

function judgeAuthority(servedPem: string | undefined, nowMs: ReturnType<Clock['wallMs']>) {
  return (webhooks: readonly RegisteredWebhook[]) =>
    classifyAuthority({ webhooks, servedPem, nowMs });
}

async function readWebhooks(examination: Examination): Promise<Read<readonly RegisteredWebhook[]>> {
  const webhooks: RegisteredWebhook[] = [];
  for (const kind of WEBHOOK_KINDS) {
    const found = await ask(examination, `${ADMISSION}/${kind}/${REGISTRATION_NAME}`);
    if (found.status === 'unreadable') return found;
    const parsed = webhookConfigurationSchema.safeParse(found.value ?? {});
    if (!parsed.success) {
      return { status: 'unreadable', reason: `${kind} "${REGISTRATION_NAME}" is malformed` };
    }
    webhooks.push(...parsed.data.webhooks);
  }
  return { status: 'read', value: webhooks };
}

const bindingSchema = z.looseObject({ spec: z.looseObject({ policyName: z.string() }) });

/** The names of the policies that a binding puts in force. */
async function readGuards(examination: Examination): Promise<Read<readonly string[]>> {
  const path = `${ADMISSION}/validatingadmissionpolicybindings`;
  const bindings = await askList(examination, path, { item: bindingSchema });
  if (bindings.status === 'unreadable') return bindings;
  return { status: 'read', value: bindings.value.map(({ spec }) => spec.policyName) };
}

async function readServed({ server }: Configuration): Promise<string | undefined> {
  const read = await readBounded(server.tls.certificateFile, PEM_BYTES_MAX);
  return read.ok ? Buffer.from(read.bytes).toString('utf8') : undefined;
}

async function readRoom({ audit }: Configuration): Promise<number | undefined> {
  const folder = audit.journal?.folder;
  if (folder === undefined || !existsSync(folder)) return undefined;
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const podSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string().default('') }).default({ name: '' }),
  spec: z.looseObject({
    nodeName: z.string().default(''),
    serviceAccountName: z.string().default('default'),
  }),
  status: z.looseObject({
    phase: z.string().default(''),
    conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
  }),
});
type Pod = z.output<typeof podSchema>;

function readPods(
  examination: Examination,
  namespace: string,
  query = '',
): Promise<Read<readonly Pod[]>> {
  return askList(examination, `/api/v1/namespaces/${namespace}/pods${query}`, { item: podSchema });
}

function judgeReplicas(namespace: string) {
  return (pods: readonly Pod[]) =>
    classifyReplicas({
      namespace,
      pods: pods.map((pod) => ({ node: pod.spec.nodeName, isReady: isReady(pod) })),
    });
}

function isReady({ status }: Pod): boolean {
  return status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

function nameOf({ metadata }: Pod): string {
  return metadata.name;
}

async function examineTools(examination: Examination): Promise<readonly Finding[]> {
  const { identity } = examination.configuration;
  const findings: Finding[] = [];
  const writers = [];
  for (const { name, username, proof } of identity.writers) {
    const account = parseServiceAccount(username);
    const pods =
      account === undefined || proof !== 'pod-bound'
        ? undefined
        : await readPods(examination, account.namespace);
    if (pods?.status === 'unreadable') {
      findings.push(unreadable(`The pods of the writer "${name}"`, pods));
      continue;
    }
    const hasPod = pods?.value.some(
      ({ spec, status }) => spec.serviceAccountName === account?.name && status.phase === 'Running',
    );
    writers.push({ name, username, proof, hasPod });
  }
  return writers.length === 0 && findings.length > 0
    ? findings
    : [...findings, ...classifyTools({ writers })];
}

const reviewSchema = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

async function examineRights(examination: Examination): Promise<readonly Finding[]> {
  const { client, configuration, namespace: home } = examination;
  const user = `system:serviceaccount:${home}:holdfast`;
  const answered: AnsweredRight[] = [];
  for (const right of planRights(configuration)) {
    const { verb, group, resource, namespace } = right;
    const written = await client.write('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      method: 'POST',
      deadlineAtMs: deadlineOf(examination),
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user,
          groups: ['system:serviceaccounts', 'system:authenticated'],
          resourceAttributes: { verb, group, resource, namespace },
        },
      },
    });
    const review = reviewSchema.safeParse(written.status === 'written' ? written.body : undefined);
    if (!review.success) {
      const reason = 'reason' in written ? written.reason : MALFORMED;
      const isForbidden = written.status === 'refused' && written.httpStatus === 403;
      return [unreadable(`The rights of ${user}`, { reason, isForbidden })];
    }
    answered.push({ ...right, isAllowed: review.data.status.allowed });
  }
  return classifyRights(user, answered);
}
