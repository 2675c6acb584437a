/** Reads what `holdfast doctor` judges, through the API server and from this machine. */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { z } from 'zod';
import { addMs, type Clock } from '../../base/clock.ts';
import { readBounded } from '../../base/read-bounded.ts';
import type { Configuration } from '../../config/schema.ts';
import type { ConnectedCluster } from '../../kubernetes/client/cluster-client.ts';
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
import { unreadable, type CheckResult, type Finding, type Read } from './finding.ts';
import { planRights } from './plan-rights.ts';
import { webhookConfigurationSchema, type RegisteredWebhook } from './registered-webhook.ts';

export interface Examination {
  readonly client: ConnectedCluster;
  readonly configuration: Configuration;
  /** Where Holdfast runs. */
  readonly namespace: string;
  readonly clock: Clock;
}

/** One question to the API server. */
const ASK_MS_MAX = 10_000;
/** A chain of certificates has a few kilobytes. */
const PEM_BYTES_MAX = 1024 * 1024;
const MALFORMED = 'the answer is malformed';
const OUR_PODS = `?labelSelector=${encodeURIComponent('app.kubernetes.io/name=holdfast')}`;
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const WEBHOOK_KINDS = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'] as const;

/** Every check, in the order in which faults explain each other. */
export async function examine(examination: Examination): Promise<readonly CheckResult[]> {
  const { configuration, clock } = examination;
  const webhooks = await readWebhooks(examination);
  return [
    {
      check: 'registration',
      findings: onRead('The registration', webhooks, judgeRegistration(configuration)),
    },
    {
      check: 'certificate',
      findings: onRead(
        'The registration',
        webhooks,
        judgeAuthority(await readServed(configuration), clock.wallMs()),
      ),
    },
    {
      check: 'guard',
      findings: onRead('The admission policies', await readGuards(examination), (bound) =>
        classifyGuard({ bound, wanted: GUARD_NAMES }),
      ),
    },
    { check: 'replicas', findings: await examineReplicas(examination) },
    { check: 'rights', findings: await examineRights(examination) },
    { check: 'tools', findings: await examineTools(examination) },
    {
      check: 'evidence',
      findings: classifyEvidence({ ...configuration, freeBytes: await readRoom(configuration) }),
    },
  ];
}

function onRead<Value>(
  what: string,
  read: Read<Value>,
  judge: (value: Value) => readonly Finding[],
): readonly Finding[] {
  return read.status === 'read' ? judge(read.value) : [unreadable(what, read.reason)];
}

function judgeRegistration({ limits, registration }: Configuration) {
  const closed = WEBHOOK_KEYS.filter((key) => FAILURE_POLICY_DEFAULTS[key] === 'Fail');
  return (webhooks: readonly RegisteredWebhook[]) =>
    classifyRegistration({
      webhooks,
      expected: WEBHOOK_KEYS.map((key) => WEBHOOK_NAMES[key]),
      closed: registration.profile === 'trial' ? [] : closed.map((key) => WEBHOOK_NAMES[key]),
      requestDeadlineMs: limits.requestDeadlineMs,
    });
}

function judgeAuthority(servedPem: string | undefined, nowMs: ReturnType<Clock['wallMs']>) {
  return (webhooks: readonly RegisteredWebhook[]) =>
    classifyAuthority({ webhooks, servedPem, nowMs });
}

async function ask({ client, clock }: Examination, path: string): Promise<Read<unknown>> {
  const reading = await client.read(path, { deadlineAtMs: addMs(clock.monotonicMs(), ASK_MS_MAX) });
  if (reading.status === 'read') return { status: 'read', value: reading.body };
  if (reading.status === 'absent') return { status: 'read', value: undefined };
  return { status: 'unreadable', reason: reading.reason };
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

/** Every item of a collection; none where the API server does not know the collection. */
async function askList<Item extends z.ZodType>(
  examination: Examination,
  path: string,
  itemSchema: Item,
): Promise<Read<readonly z.output<Item>[]>> {
  const found = await ask(examination, path);
  if (found.status === 'unreadable') return found;
  const list = z.looseObject({ items: z.array(itemSchema) });
  const parsed = list.safeParse(found.value ?? { items: [] });
  return parsed.success
    ? { status: 'read', value: parsed.data.items }
    : { status: 'unreadable', reason: MALFORMED };
}

const bindingSchema = z.looseObject({ spec: z.looseObject({ policyName: z.string() }) });

/** The names of the policies that a binding puts in force. */
async function readGuards(examination: Examination): Promise<Read<readonly string[]>> {
  const path = `${ADMISSION}/validatingadmissionpolicybindings`;
  const bindings = await askList(examination, path, bindingSchema);
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
  return askList(examination, `/api/v1/namespaces/${namespace}/pods${query}`, podSchema);
}

async function examineReplicas(examination: Examination): Promise<readonly Finding[]> {
  const { namespace } = examination;
  const pods = await readPods(examination, namespace, OUR_PODS);
  return onRead(`The pods of namespace "${namespace}"`, pods, (found) =>
    classifyReplicas({
      namespace,
      pods: found.map(({ spec, status }) => ({
        node: spec.nodeName,
        isReady: status.conditions.some(
          ({ type, status: is }) => type === 'Ready' && is === 'True',
        ),
      })),
    }),
  );
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
      findings.push(unreadable(`The pods of the writer "${name}"`, pods.reason));
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
  const { client, clock, configuration, namespace: home } = examination;
  const user = `system:serviceaccount:${home}:holdfast`;
  const answered: AnsweredRight[] = [];
  for (const right of planRights(configuration)) {
    const { verb, group, resource, namespace } = right;
    const written = await client.write('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      method: 'POST',
      deadlineAtMs: addMs(clock.monotonicMs(), ASK_MS_MAX),
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
      return [unreadable(`The rights of ${user}`, reason)];
    }
    answered.push({ ...right, isAllowed: review.data.status.allowed });
  }
  return classifyRights(user, answered);
}
