/** Reads what `holdfast manifests` is asked to register: from its options, else from the configuration. */
import type { ManifestOptions } from '../../compose/plan-manifests.ts';
import type { Configuration } from '../../config/schema.ts';
import { parseServiceTarget, parseUrlTarget } from '../../registration/parse-target.ts';
import type { ParsedTarget } from '../../registration/parse-target.ts';
import { PROFILE_NAMES } from '../../registration/profile.ts';
import type { RegistrationProfile } from '../../registration/profile.ts';
import { registrationSchema } from '../../registration/settings.ts';
import { WEBHOOK_KEYS } from '../../registration/plan-registration.ts';
import type {
  WebhookFailurePolicy,
  WebhookKey,
  WebhookTarget,
} from '../../registration/plan-registration.ts';
import type { CommandInput } from '../command.ts';

/** The Service of the chart. */
export const SERVICE_DEFAULT = 'holdfast-system/holdfast';
/** The namespace that the guide uses. */
export const NAMESPACE_DEFAULT = 'holdfast-system';

export type ReadRegistration =
  | {
      readonly ok: true;
      readonly registration: Omit<ManifestOptions, 'authorityPem'> & {
        readonly profile: RegistrationProfile;
      };
    }
  | Refusal;

interface Refusal {
  readonly ok: false;
  readonly status: 'usage' | 'configuration';
  readonly problem: string;
  readonly remedy?: string | undefined;
}

/** What a guide writes where its reader's own name belongs. The guard would let in nobody, or whoever takes the name. */
const PLACEHOLDER = /^(?:YOU|YOUR[_-]?(?:NAME|USER|USERNAME)|USER|USERNAME|NAME|ME|[<{$[].*)$/u;

/** Without the authority, which is a file. */
export function readRegistration(
  input: CommandInput,
  configuration: Configuration,
): ReadRegistration {
  const writers = configuration.identity.writers.map(({ username }) => username);
  if (writers.length === 0) return NO_WRITERS;
  const target = readTarget(input, configuration);
  if (!target.ok) return usage(target.reason);
  const placeholder = input.texts('guard-user').find((user) => PLACEHOLDER.test(user));
  if (placeholder !== undefined) {
    return usage(
      `--guard-user wants an exact username of the API server, found the placeholder "${placeholder}"`,
      'Yours: kubectl auth whoami -o jsonpath={.status.userInfo.username}',
    );
  }
  const asked = readSettings(input, configuration);
  if (!asked.ok) return asked;
  const { profile: name, pilotNamespaces, annotations } = asked.settings;
  return {
    ok: true,
    registration: {
      target: target.target,
      ownNamespace: ownNamespace(input, target.target),
      profile: { name, pilotNamespaces },
      annotations,
      failurePolicies: failurePolicies(input),
      gitopsNamespaces: input.texts('gitops-namespace'),
      recoveryUsernames: input.texts('recovery-account'),
      guardUsernames: input.flag('with-guard') ? input.texts('guard-user') : undefined,
    },
  };
}

/** Registered without them, the tokens of the GitOps controllers would be for every kubelet, and nobody's changes would pass. */
const NO_WRITERS: Refusal = {
  ok: false,
  status: 'configuration',
  problem: 'A registration is made for the writers of a configuration: found no identity.writers',
  remedy:
    'Name the configuration that Holdfast runs with: --config FILE. From the cluster: ' +
    String.raw`kubectl -n holdfast-system get configmap holdfast -o jsonpath='{.data.holdfast\.yaml}'`,
};

function usage(problem: string, remedy?: string): Refusal {
  return { ok: false, status: 'usage', problem, remedy };
}

function readTarget(input: CommandInput, { registration }: Configuration): ParsedTarget {
  const asked = input.text('url');
  const service = input.text('service');
  if (asked !== undefined && service !== undefined) {
    return { ok: false, reason: '--url and --service exclude each other' };
  }
  const url = service === undefined ? (asked ?? registration.url) : undefined;
  return url === undefined ? parseServiceTarget(service ?? SERVICE_DEFAULT) : parseUrlTarget(url);
}

function ownNamespace(input: CommandInput, target: WebhookTarget): string {
  const fallback = target.kind === 'service' ? target.namespace : NAMESPACE_DEFAULT;
  return input.text('namespace') ?? fallback;
}

/** Options replace what the configuration says; annotations are added to it. */
function readSettings(input: CommandInput, { registration }: Configuration) {
  const profile = PROFILE_NAMES.find((name) => name === input.text('profile'));
  const pilots = input.texts('pilot-namespace');
  const isTrial = (profile ?? registration.profile) === 'trial';
  const configured = isTrial ? registration.pilotNamespaces : [];
  const parsed = registrationSchema.safeParse({
    profile: profile ?? registration.profile,
    pilotNamespaces: pilots.length === 0 ? configured : pilots,
    guard: registration.guard,
    annotations: {
      ...registration.annotations,
      ...Object.fromEntries(input.texts('annotation').map(splitAnnotation)),
    },
  });
  if (parsed.success) return { ok: true, settings: parsed.data } as const;
  const [issue] = parsed.error.issues;
  const option = issue?.path[0] === 'annotations' ? '--annotation' : '--pilot-namespace';
  const found = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
  return usage(`${option}: ${found ?? 'invalid'}`);
}

function splitAnnotation(text: string): readonly [string, string] {
  const [, key = text, value = ''] = /^(?<key>[^=]*)=(?<value>.*)$/su.exec(text) ?? [];
  return [key, value];
}

function failurePolicies(input: CommandInput): ManifestOptions['failurePolicies'] {
  const policies: Partial<Record<WebhookKey, WebhookFailurePolicy>> = {};
  for (const key of WEBHOOK_KEYS) {
    const policy = input.text(`failure-policy-${key}`);
    if (policy !== undefined) policies[key] = policy === 'Ignore' ? 'Ignore' : 'Fail';
  }
  return policies;
}
