/**
 * Our webhook configurations. Source: kubernetes.io "Dynamic Admission Control" and "Admission Webhook Good Practices".
 *
 * Six webhooks, because a failure policy belongs to a webhook: what protects Git's objects fails closed, what could
 * keep us from being repaired fails open.
 */
import type { ExemptionOptions } from './exemption-options.ts';
import {
  exceptMirrorPods,
  formatExemptions,
  onlyConnectionsInto,
  onlyIn,
  onlyOutside,
  onlyPlatformChildren,
} from './format-match-conditions.ts';
import type { MatchCondition } from './format-match-conditions.ts';
import { CHILD_RESOURCES } from './format-platform-work.ts';
import { onlyShownCredentials } from './format-shown-credentials.ts';
import { planPilotScope, PRODUCTION } from './profile.ts';
import type { RegistrationProfile } from './profile.ts';

/** People see these names in every refusal: `admission webhook "drift.holdfast.dev" denied the request`. */
export const WEBHOOK_NAMES = {
  drift: 'drift.holdfast.dev',
  connect: 'connect.holdfast.dev',
  children: 'children.holdfast.dev',
  self: 'self.holdfast.dev',
  credentials: 'credentials.holdfast.dev',
  patch: 'patch.holdfast.dev',
} as const;
export type WebhookKey = keyof typeof WEBHOOK_NAMES;

/** In the order in which they are registered. */
export const WEBHOOK_KEYS: readonly WebhookKey[] = [
  'drift',
  'connect',
  'children',
  'self',
  'credentials',
  'patch',
];

export type WebhookFailurePolicy = 'Fail' | 'Ignore';

/** The name of both configurations. */
export const REGISTRATION_NAME = 'holdfast';

/**
 * What happens to a matching request while we do not answer, in the profile `production`; in a trial each is let through.
 * - drift and connect: refused. An outage must not be the moment to change what Git manages.
 * - children: let through. The control plane must be able to make pods while we are away; we judge them while we run.
 * - self: let through. Otherwise nobody could repair us while we are broken.
 * - credentials: let through. It only watches which credentials the control plane shows.
 * - patch: let through, unpatched. Whatever a patch is needed for, a rule of /validate demands, and that one is closed.
 */
export const FAILURE_POLICY_DEFAULTS: Readonly<Record<WebhookKey, WebhookFailurePolicy>> = {
  drift: 'Fail',
  connect: 'Fail',
  children: 'Ignore',
  self: 'Ignore',
  credentials: 'Ignore',
  patch: 'Ignore',
};

/** How the API server reaches us. */
export type WebhookTarget =
  | { readonly kind: 'url'; readonly baseUrl: string }
  | {
      readonly kind: 'service';
      readonly namespace: string;
      readonly name: string;
      readonly port: number;
    };

export interface RegistrationOptions extends ExemptionOptions {
  readonly target: WebhookTarget;
  /** PEM of the authority that signed our certificate; absent where the API server's own trust store knows it. */
  readonly authorityPem?: string | undefined;
  /** Where our own pods run. */
  readonly ownNamespace: string;
  readonly failurePolicies?:
    Partial<Readonly<Record<WebhookKey, WebhookFailurePolicy>>> | undefined;
  /** @default PRODUCTION */
  readonly profile?: RegistrationProfile | undefined;
  /** Of both configurations, for those who read them there: AKS, cert-manager. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A Kubernetes object as a manifest. */
export type Manifest = Readonly<Record<string, unknown>>;

type ConfigurationKind = 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';

// A second longer than limits.requestDeadlineMs, so that the answer is ours.
const VALIDATE_TIMEOUT_SECONDS = 5;
// As for patches: this long each pod of each controller waits while nobody answers.
const CHILDREN_TIMEOUT_SECONDS = 2;
// Time spent here is added to the start of every pod, also while we are down.
const MUTATE_TIMEOUT_SECONDS = 2;
// Spent before every renewal of a leader's lease, also while we are down: leases are lost after ten seconds.
const WATCH_TIMEOUT_SECONDS = 1;
// What a trial may cost a write while Holdfast hangs.
const TRIAL_TIMEOUT_SECONDS = 2;

const TIMEOUT_SECONDS: Readonly<Record<WebhookKey, number>> = {
  drift: VALIDATE_TIMEOUT_SECONDS,
  connect: VALIDATE_TIMEOUT_SECONDS,
  children: CHILDREN_TIMEOUT_SECONDS,
  self: VALIDATE_TIMEOUT_SECONDS,
  credentials: WATCH_TIMEOUT_SECONDS,
  patch: MUTATE_TIMEOUT_SECONDS,
};

/** The two configurations, the validating one first. */
export function planRegistration(options: RegistrationOptions): readonly Manifest[] {
  return [
    configuration('ValidatingWebhookConfiguration', options, [
      driftWebhook(options),
      connectWebhook(options),
      childrenWebhook(options),
      selfWebhook(options),
      credentialsWebhook(options),
    ]),
    configuration('MutatingWebhookConfiguration', options, [patchWebhook(options)]),
  ];
}

function configuration(
  kind: ConfigurationKind,
  { annotations = {} }: RegistrationOptions,
  webhooks: readonly Manifest[],
): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: {
      name: REGISTRATION_NAME,
      labels: { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/part-of': 'holdfast' },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    webhooks,
  };
}

/** Everything that anyone writes, anywhere but in our own namespace. */
function driftWebhook(options: RegistrationOptions): Manifest {
  return webhook('drift', options, {
    // `*/*` names subresources as well: `scale`, `status` and `ephemeralcontainers` change objects, too.
    rules: [
      rule({ operations: ['CREATE', 'UPDATE', 'DELETE'], groups: ['*'], resources: ['*/*'] }),
    ],
    matchConditions: [
      onlyOutside('not-own-namespace', [options.ownNamespace]),
      ...formatExemptions(options),
    ],
  });
}

/** Ways into a running container of a GitOps controller, or of ours: its token could be taken there. */
function connectWebhook(options: RegistrationOptions): Manifest {
  return webhook('connect', options, {
    rules: [
      rule({
        operations: ['CONNECT'],
        groups: [''],
        resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy'],
        scope: 'Namespaced',
      }),
      rule({ operations: ['CONNECT'], groups: [''], resources: ['nodes/proxy'], scope: 'Cluster' }),
    ],
    matchConditions: [onlyConnectionsInto(installationsOf(options))],
  });
}

/** What the control plane makes for workloads and Services, pods above all, and the routine that must not steer the controllers. */
function childrenWebhook(options: RegistrationOptions): Manifest {
  const operations = ['CREATE', 'UPDATE', 'DELETE'];
  const namespaced = (group: string, resources: readonly string[]): Manifest =>
    rule({ operations, groups: [group], resources, scope: 'Namespaced' });
  return webhook('children', options, {
    rules: [
      ...Object.entries(CHILD_RESOURCES).map(([group, resources]) => namespaced(group, resources)),
      namespaced('', ['pods/status']),
      namespaced('coordination.k8s.io', ['leases']),
    ],
    matchConditions: onlyPlatformChildren({
      ...options,
      installationNamespaces: installationsOf(options),
    }),
  });
}

function installationsOf({ gitopsNamespaces, ownNamespace }: RegistrationOptions) {
  return [...new Set([...gitopsNamespaces, ownNamespace])];
}

/** Our own namespace: guarded while we run, open to repair while we do not. */
function selfWebhook(options: RegistrationOptions): Manifest {
  return webhook('self', options, {
    rules: [
      rule({ operations: ['CREATE', 'UPDATE', 'DELETE'], groups: ['*'], resources: ['*/*'] }),
    ],
    matchConditions: [
      onlyIn('own-namespace', [options.ownNamespace]),
      // Whoever writes our configuration decides what is refused: in no name is that routine.
      ...formatExemptions({
        ...options,
        gitopsNamespaces: installationsOf(options),
      }),
    ],
  });
}

/**
 * What shows which credentials belong to whom, and is exempt elsewhere because it is routine: the tokens that the controller
 * manager asks for, the certificates that are signed for nodes, and the signs of life of leaders and nodes.
 */
function credentialsWebhook(options: RegistrationOptions): Manifest {
  return webhook('credentials', options, {
    rules: [
      rule({ operations: ['CREATE'], groups: [''], resources: ['serviceaccounts/token'] }),
      rule({ operations: ['UPDATE'], groups: [''], resources: ['nodes/status'] }),
      rule({
        operations: ['UPDATE'],
        groups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/status'],
      }),
      rule({
        operations: ['UPDATE'],
        groups: ['coordination.k8s.io'],
        resources: ['leases'],
        scope: 'Namespaced',
      }),
    ],
    matchConditions: [onlyShownCredentials(options)],
  });
}

/** Pods are what a policy may patch: patching what Git manages would itself be drift. */
function patchWebhook(options: RegistrationOptions): Manifest {
  return {
    ...webhook('patch', options, {
      rules: [
        rule({ operations: ['CREATE'], groups: [''], resources: ['pods'], scope: 'Namespaced' }),
        rule({
          operations: ['UPDATE'],
          groups: [''],
          resources: ['pods/ephemeralcontainers'],
          scope: 'Namespaced',
        }),
      ],
      matchConditions: [
        onlyOutside('not-own-namespace', [options.ownNamespace]),
        exceptMirrorPods(),
      ],
    }),
    // A webhook after ours can inject a container, whose image must have its digest, too.
    reinvocationPolicy: 'IfNeeded',
  };
}

interface WebhookFields {
  readonly rules: readonly Manifest[];
  readonly matchConditions: readonly MatchCondition[];
}

function webhook(
  key: WebhookKey,
  options: RegistrationOptions,
  { rules, matchConditions }: WebhookFields,
): Manifest {
  const isMutating = key === 'patch';
  const profile = options.profile ?? PRODUCTION;
  const isTrial = profile.name === 'trial';
  const pilot = planPilotScope(isPiloted(key, profile) ? profile : PRODUCTION, options);
  const failurePolicy = isTrial ? 'Ignore' : FAILURE_POLICY_DEFAULTS[key];
  return {
    name: WEBHOOK_NAMES[key],
    admissionReviewVersions: ['v1'],
    clientConfig: clientConfig(options, isMutating ? '/mutate' : '/validate'),
    failurePolicy: options.failurePolicies?.[key] ?? failurePolicy,
    // Another version of the same resource must not be a way around the rules.
    matchPolicy: 'Equivalent',
    // Nothing is learned from a dry run.
    sideEffects: key === 'credentials' ? 'NoneOnDryRun' : 'None',
    timeoutSeconds: Math.min(TIMEOUT_SECONDS[key], isTrial ? TRIAL_TIMEOUT_SECONDS : Infinity),
    ...(pilot.namespaceSelector !== undefined && { namespaceSelector: pilot.namespaceSelector }),
    rules,
    matchConditions: [...pilot.matchConditions, ...matchConditions],
  };
}

/**
 * Our own namespace is guarded in a trial, too, and the credentials of the control plane are learned outside the pilot. A
 * connection carries no object that could be marked.
 */
function isPiloted(key: WebhookKey, { pilotNamespaces }: RegistrationProfile): boolean {
  if (key === 'self' || key === 'credentials') return false;
  return key !== 'connect' || pilotNamespaces.length > 0;
}

function rule({
  operations,
  groups,
  resources,
  scope = '*',
}: {
  readonly operations: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly scope?: '*' | 'Namespaced' | 'Cluster';
}): Manifest {
  return { operations, apiGroups: groups, apiVersions: ['*'], resources, scope };
}

function clientConfig({ target, authorityPem }: RegistrationOptions, path: string): Manifest {
  const trust =
    authorityPem === undefined ? {} : { caBundle: Buffer.from(authorityPem).toString('base64') };
  if (target.kind === 'url') return { url: `${target.baseUrl}${path}`, ...trust };
  const { namespace, name, port } = target;
  return { service: { namespace, name, path, port }, ...trust };
}
