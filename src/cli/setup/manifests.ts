/** `holdfast manifests`: the manifests that register the webhook with a cluster. */
import { resolve } from 'node:path';
import { readAuthority } from '../../certificates/read-authority.ts';
import { planManifests } from '../../compose/plan-manifests.ts';
import { formatYaml } from '../../base/parse-yaml.ts';
import type { Configuration } from '../../config/schema.ts';
import { parseServiceTarget, parseUrlTarget } from '../../registration/parse-target.ts';
import { FAILURE_POLICY_DEFAULTS } from '../../registration/plan-registration.ts';
import type {
  Manifest,
  RegistrationOptions,
  WebhookFailurePolicy,
  WebhookKey,
  WebhookTarget,
} from '../../registration/plan-registration.ts';
import type {
  CommandContext,
  CommandDefinition,
  CommandInput,
  OptionDefinition,
} from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';

const SERVICE_DEFAULT = 'holdfast-system/holdfast';
const NAMESPACE_DEFAULT = 'holdfast-system';
const WEBHOOK_KEYS: readonly WebhookKey[] = [
  'drift',
  'connect',
  'children',
  'self',
  'credentials',
  'patch',
];

/** Prints the two webhook configurations, and on request the policy that guards them. */
export const manifestsCommand: CommandDefinition = {
  name: 'manifests',
  summary: 'Print the webhook configurations to register with a cluster',
  description:
    'Pipe it into: kubectl apply --server-side -f -\n' +
    'Which requests are exempt depends on the configuration: writers, GitOps namespaces, namespaces that are ' +
    'gitops-only or exempt, and the label that Argo CD tracks by. Register again when one of them changes.',
  options: [
    configOption,
    {
      name: 'url',
      value: 'URL',
      summary: 'reach the webhook at this address (outside the cluster)',
    },
    {
      name: 'service',
      value: 'NAMESPACE/NAME',
      summary: `reach it through this Service, optionally with :PORT (default: ${SERVICE_DEFAULT})`,
    },
    { name: 'ca-file', value: 'FILE', summary: 'the authority of its certificate, in PEM' },
    {
      name: 'namespace',
      value: 'NAME',
      summary: `where Holdfast itself runs (default: the Service's, else ${NAMESPACE_DEFAULT})`,
    },
    {
      name: 'gitops-namespace',
      value: 'NAME',
      summary: 'a further namespace where GitOps controllers run; repeatable',
      repeatable: true,
    },
    {
      name: 'recovery-account',
      value: 'USERNAME',
      summary:
        'an exact user that must work before Holdfast can start (network, storage); repeatable',
      repeatable: true,
    },
    ...WEBHOOK_KEYS.map(failurePolicyOption),
    {
      name: 'with-guard',
      summary: 'also print the admission policies that protect the registration',
    },
    {
      name: 'guard-user',
      value: 'USERNAME',
      summary: 'who may change the registration, beside the writers; repeatable',
      repeatable: true,
    },
    {
      name: 'output',
      value: 'FORMAT',
      summary: 'how to print',
      choices: ['yaml', 'json'],
      default: 'yaml',
    },
  ],
  examples: [
    { line: 'manifests --ca-file certs/ca.crt', note: 'for the Service of deploy/base' },
    {
      line: 'manifests --url https://10.0.0.5:8443 --ca-file certs/ca.crt',
      note: 'for a webhook outside the cluster',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const target = readTarget(context, input);
  if (target === undefined) return 'usage';
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { configuration } = loaded;
  const guarded = guardUsers(context, input, configuration);
  if (guarded === undefined) return 'usage';
  const manifests = planManifests(configuration, {
    target,
    authorityPem: await readCaFile(context, input.text('ca-file')),
    ownNamespace: ownNamespace(input, target),
    failurePolicies: failurePolicies(input),
    gitopsNamespaces: input.texts('gitops-namespace'),
    recoveryUsernames: input.texts('recovery-account'),
    guardUsernames: input.flag('with-guard') ? guarded : undefined,
  });
  context.print(formatManifests(manifests, input.text('output') ?? 'yaml'));
  return 'ok';
}

function readTarget(context: CommandContext, input: CommandInput): WebhookTarget | undefined {
  const url = input.text('url');
  const service = input.text('service');
  if (url !== undefined && service !== undefined) {
    context.report('holdfast: --url and --service exclude each other');
    return undefined;
  }
  const parsed =
    url === undefined ? parseServiceTarget(service ?? SERVICE_DEFAULT) : parseUrlTarget(url);
  if (parsed.ok) return parsed.target;
  context.report(`holdfast: ${parsed.reason}`);
  return undefined;
}

function ownNamespace(input: CommandInput, target: WebhookTarget): string {
  const fallback = target.kind === 'service' ? target.namespace : NAMESPACE_DEFAULT;
  return input.text('namespace') ?? fallback;
}

async function readCaFile(
  context: CommandContext,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) {
    context.report('note: without --ca-file the API server must trust the certificate by itself');
    return undefined;
  }
  return readAuthority(resolve(context.workingDirectory, file), file);
}

function failurePolicyOption(key: WebhookKey): OptionDefinition {
  return {
    name: `failure-policy-${key}`,
    value: 'POLICY',
    summary: `what happens to requests of ${key}.holdfast.dev while Holdfast is down`,
    choices: ['Fail', 'Ignore'],
    default: FAILURE_POLICY_DEFAULTS[key],
  };
}

function failurePolicies(input: CommandInput): RegistrationOptions['failurePolicies'] {
  const read = (key: WebhookKey): WebhookFailurePolicy =>
    input.text(`failure-policy-${key}`) === 'Ignore' ? 'Ignore' : 'Fail';
  return {
    drift: read('drift'),
    connect: read('connect'),
    children: read('children'),
    self: read('self'),
    patch: read('patch'),
  };
}

// With a guard that names no user, nobody could change the registration, not even for the next release.
function guardUsers(
  context: CommandContext,
  input: CommandInput,
  { identity }: Configuration,
): readonly string[] | undefined {
  const users = [...identity.writers.map(({ username }) => username), ...input.texts('guard-user')];
  if (!input.flag('with-guard') || users.length > 0) return users;
  context.report('holdfast: --with-guard wants a --guard-user, or a writer in the configuration');
  return undefined;
}

function formatManifests(manifests: readonly Manifest[], format: string): string {
  if (format === 'json') {
    return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }, undefined, 2);
  }
  return manifests
    .map((manifest) => `---\n${formatYaml(manifest)}`)
    .join('')
    .trimEnd();
}
