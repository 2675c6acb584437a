/**
 * Mutating webhooks of others that touch what Holdfast follows: what they change differs from Git. The API server calls the
 * configurations in the order of their names. Source: k8s.io/apiserver pkg/admission/configuration/mutating_webhook_manager.go.
 */
import { REGISTRATION_NAME } from '../../registration/plan-registration.ts';
import type { ClusterSurvey, MutatingWebhook } from './cluster-survey.ts';
import { listSeen } from './looked.ts';
import type { Question } from './planned-configuration.ts';

export interface WebhookNotes {
  readonly notes: readonly string[];
  readonly questions: readonly Question[];
}

/** A cluster may have hundreds; more lines nobody reads. */
const NOTES_MAX = 30;
const RESOURCES_SHOWN = 5;

/** Notes about each that touches a followed resource, and what is asked because of them. */
export function planWebhookNotes(
  survey: Pick<ClusterSurvey, 'mutatingWebhooks' | 'counts'>,
): WebhookNotes {
  const followed = [...survey.counts.keys()];
  const found = listSeen(survey.mutatingWebhooks)
    .filter(({ configuration }) => configuration !== REGISTRATION_NAME)
    .map((webhook) => ({ webhook, touched: followed.filter((name) => touches(webhook, name)) }))
    .filter(({ touched }) => touched.length > 0);
  if (found.length === 0) return { notes: [], questions: [] };
  const notes = found.slice(0, NOTES_MAX).map(describeWebhook);
  const rest = found.length - notes.length;
  return {
    notes: [
      ...notes,
      ...(rest > 0 ? [`${String(rest)} more mutating webhooks are not shown`] : []),
    ],
    questions: [
      {
        key: 'manifests.mutated',
        text: 'Which fields do these webhooks set? Only once commits.rules are used: what a webhook sets differs from what the commit declares (docs/manifests.md)',
        example: { manifests: { mutated: ['spec.template.spec.containers[istio-proxy]'] } },
      },
      ...(found.some(({ touched }) => touched.includes('pods')) ? [PODS_QUESTION] : []),
    ],
  };
}

const PODS_QUESTION: Question = {
  key: 'identity.credentials.pinned',
  text: 'Does one of them change the images of Pods? Such a Pod differs from its template, and passes only with the known credential of its controller: pin the certificates of the control plane where you can (docs/identity-and-ownership.md)',
};

/** @param resource as kubectl writes it */
function touches({ rules }: MutatingWebhook, resource: string): boolean {
  const [name = '', ...rest] = resource.split('.');
  const group = rest.join('.');
  return rules.some(
    ({ groups, resources }) =>
      (groups.includes('*') || groups.includes(group)) &&
      resources.some((one) => one === '*' || one === '*/*' || one === name || one === `${name}/*`),
  );
}

function describeWebhook({
  webhook,
  touched,
}: {
  readonly webhook: MutatingWebhook;
  readonly touched: readonly string[];
}): string {
  const { configuration, name, failurePolicy, timeoutSeconds, reinvocationPolicy } = webhook;
  const rest = touched.length - RESOURCES_SHOWN;
  const resources = `${touched.slice(0, RESOURCES_SHOWN).join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
  const order = configuration < REGISTRATION_NAME ? 'before' : 'after';
  const away =
    failurePolicy === 'Ignore'
      ? 'while it is away, writes pass without it'
      : `while it is away, writes are refused after ${String(timeoutSeconds)} s, those of the pods of Holdfast, too, unless it leaves their namespace out`;
  return [
    `MutatingWebhookConfiguration ${configuration}, webhook ${name}, changes ${resources}${webhook.isLimited ? ' (some of them: it has selectors)' : ''}`,
    `called ${order} Holdfast's own${reinvocationPolicy === 'IfNeeded' ? ', and again where others changed the object' : ''}`,
    away,
  ].join('; ');
}
