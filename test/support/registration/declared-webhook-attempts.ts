/** Attempts on webhook configurations and admission policies, in the name of service accounts with a token, while no Holdfast runs. */
import { trackingAnnotation } from '../cluster/shop.ts';
import { controller, WRITER } from './attempt.ts';
import type { Attempt, Caller } from './attempt.ts';

const GROUP = 'admissionregistration.k8s.io';
const PATH = `/apis/${GROUP}/v1`;
const KINDS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;
const NAME = 'declared';

const operator: Caller = { user: 'system:serviceaccount:operators:copier', uid: 'copier' };
const pretender: Caller = { user: 'system:serviceaccount:operators:copier' };
const writer: Caller = { user: WRITER, uid: 'writer' };
const collector = controller('generic-garbage-collector');

const webhook = {
  name: 'a.example.com',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  failurePolicy: 'Ignore',
  clientConfig: { url: 'https://127.0.0.1:9' },
  rules: [{ apiGroups: ['example.com'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }],
};

/** One of each kind that Git declares, one that it does not, and a policy with a mark. */
export const DECLARED_WEBHOOKS: readonly object[] = [
  ...KINDS.flatMap((kind) => [
    { apiVersion: `${GROUP}/v1`, kind, metadata: marked(kind), webhooks: [webhook] },
    { apiVersion: `${GROUP}/v1`, kind, metadata: { name: 'nobodys' }, webhooks: [webhook] },
  ]),
  {
    apiVersion: `${GROUP}/v1`,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: marked('ValidatingAdmissionPolicyBinding'),
    spec: { policyName: 'nobodys', validationActions: ['Audit'] },
  },
];

function marked(kind: string): object {
  return { name: NAME, annotations: trackingAnnotation('mesh', `${GROUP}/${kind}:shop/${NAME}`) };
}

type Asked = readonly [what: string, as: Caller, body: object, name?: string];

function patch(...[what, as, body, name = NAME]: Asked): readonly Attempt[] {
  return KINDS.map((kind) => ({
    what: `${what} (${kind})`,
    as,
    method: 'PATCH',
    path: `${PATH}/${kind.toLowerCase()}s/${name}`,
    body,
  }));
}

function remove(what: string, as: Caller, name = NAME): readonly Attempt[] {
  return KINDS.map((kind) => ({
    what: `${what} (${kind})`,
    as,
    method: 'DELETE',
    path: `${PATH}/${kind.toLowerCase()}s/${name}`,
  }));
}

function withWebhook(more: object, ...others: readonly object[]): object {
  return { webhooks: [{ ...webhook, ...more }, ...others] };
}

const TRUST = Buffer.from(
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
).toString('base64');
const annotations = { 'argocd.argoproj.io/tracking-id': null };
const stripped = { metadata: { annotations }, ...withWebhook({ failurePolicy: 'Fail' }) };

/** Each is refused by the guard of what Git declares. */
export const DECLARED_REFUSED: readonly Attempt[] = [
  ...patch(
    'an operator lets a webhook fail closed',
    operator,
    withWebhook({ failurePolicy: 'Fail' }),
  ),
  ...patch(
    'an operator sends its requests elsewhere',
    operator,
    withWebhook({ clientConfig: { url: 'https://127.0.0.2:9' } }),
  ),
  ...patch('an operator narrows its rules', operator, withWebhook({ rules: [] })),
  ...patch('an operator takes all webhooks out', operator, { webhooks: [] }),
  ...patch(
    'an operator adds a webhook',
    operator,
    withWebhook({}, { ...webhook, name: 'b.example.com' }),
  ),
  ...patch('an operator takes the mark off', operator, { metadata: { annotations } }),
  ...patch('an operator takes the mark off and changes it in the same write', operator, stripped),
  ...patch('an operator gives it an owner', operator, {
    metadata: {
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'gone' }],
    },
  }),
  ...patch(
    'an operator marks what is nobody’s',
    operator,
    { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'mesh' } } },
    'nobodys',
  ),
  ...remove('an operator deletes it', operator),
  ...remove('the garbage collector deletes what has no owner', collector),
];

/** Refused as well, by the guard about people: without a token an account is the person behind it. */
export const DECLARED_REFUSED_TO_PEOPLE: readonly Attempt[] = [
  ...patch('somebody renews its trust as an operator', pretender, trusted()),
  ...patch('somebody changes it as the writer', { user: WRITER }, stripped),
  ...remove('somebody deletes it as the writer', { user: WRITER }),
];

/** Each is let through. */
export const DECLARED_PASSED: readonly Attempt[] = [
  ...patch('the writer changes it', writer, withWebhook({ failurePolicy: 'Fail' })),
  ...remove('the writer deletes it', writer),
  ...patch('an operator renews its trust', operator, trusted()),
  ...patch('an operator writes it as it is', operator, withWebhook({})),
  ...patch('an operator changes what is nobody’s', operator, { webhooks: [] }, 'nobodys'),
  ...remove('an operator deletes what is nobody’s', operator, 'nobodys'),
  {
    // No policy of the API is evaluated on admission policies.
    what: 'a cluster-admin deletes a binding that Git declares',
    as: { user: 'alice' },
    method: 'DELETE',
    path: `${PATH}/validatingadmissionpolicybindings/${NAME}`,
  },
];

function trusted(): object {
  return withWebhook({ clientConfig: { ...webhook.clientConfig, caBundle: TRUST } });
}
