/** `holdfast manifests`: the manifests that register the webhook with a cluster. */
import { resolve } from 'node:path';
import { readAuthority } from '../../certificates/read-authority.ts';
import { planManifests, planStaticGuardFor } from '../../compose/plan-manifests.ts';
import { formatYaml } from '../../base/parse-yaml.ts';
import type { Configuration } from '../../config/schema.ts';
import { describeProfile, PROFILE_NAMES } from '../../registration/profile.ts';
import { FAILURE_POLICY_DEFAULTS, WEBHOOK_KEYS } from '../../registration/plan-registration.ts';
import type { Manifest, WebhookKey } from '../../registration/plan-registration.ts';
import type {
  CommandContext,
  CommandDefinition,
  CommandInput,
  OptionDefinition,
} from '../command.ts';
import { connectCluster, clusterOptions } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { outputOption } from '../output-option.ts';
import { NAMESPACE_DEFAULT, readRegistration, SERVICE_DEFAULT } from './read-registration.ts';

/** Prints the two webhook configurations, and on request the policies that guard them, or what they would change. */
export const manifestsCommand: CommandDefinition = {
  name: 'manifests',
  summary: 'Print the webhook configurations to register with a cluster',
  description:
    'Pipe it into: kubectl apply --server-side -f -\n' +
    'Which requests are exempt depends on the configuration: writers, GitOps namespaces, namespaces that are ' +
    'gitops-only or exempt, and the label that Argo CD tracks by. Register again when one of them changes; --diff ' +
    'shows what that would change. The exit code is then as that of diff: 0 without a difference, 1 with one, more on ' +
    'an error.',
  options: [
    configOption,
    {
      name: 'profile',
      value: 'PROFILE',
      summary:
        'production: all that is not exempt, refused while Holdfast is away; trial: a part, let through then (default: registration.profile)',
      choices: PROFILE_NAMES,
    },
    {
      name: 'pilot-namespace',
      value: 'NAME',
      summary: 'a namespace of the trial, instead of what Git declares; repeatable',
      repeatable: true,
    },
    {
      name: 'diff',
      summary: 'print what applying would change in the cluster, and change nothing',
    },
    ...clusterOptions(
      `where Holdfast itself runs (default: the Service's, else ${NAMESPACE_DEFAULT})`,
    ),
    {
      name: 'url',
      value: 'URL',
      summary:
        'reach the webhook at this address, outside the cluster (default: registration.url, without --service)',
    },
    {
      name: 'service',
      value: 'NAMESPACE/NAME',
      summary: `reach it through this Service, optionally with :PORT (default: ${SERVICE_DEFAULT}, without an address)`,
    },
    { name: 'ca-file', value: 'FILE', summary: 'the authority of its certificate, in PEM' },
    {
      name: 'annotation',
      value: 'KEY=VALUE',
      summary:
        'an annotation of the webhook configurations, besides registration.annotations; repeatable',
      repeatable: true,
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
      summary:
        'also print the admission policies that protect the registration, and what Holdfast stands on',
    },
    {
      name: 'static-guard',
      summary:
        'print the admission policies alone, as a file that the API server reads at its start (Kubernetes 1.36, alpha)',
    },
    {
      name: 'guard-user',
      value: 'USERNAME',
      summary:
        'whom the policies let through, beside the writers and registration.guard; repeatable',
      repeatable: true,
    },
    outputOption(['yaml', 'json']),
  ],
  examples: [
    {
      line: 'manifests --config holdfast.yaml --profile trial --ca-file tls/ca.crt',
      note: 'to see what would be refused, with nothing at stake',
    },
    {
      line: 'manifests --config holdfast.yaml --ca-file tls/ca.crt --diff',
      note: 'what registering again would change',
    },
    {
      line: 'manifests --config holdfast.yaml --url https://10.0.0.5:8443 --ca-file tls/ca.crt',
      note: 'for a webhook outside the cluster',
    },
  ],
  run,
};

function failurePolicyOption(key: WebhookKey): OptionDefinition {
  const production = FAILURE_POLICY_DEFAULTS[key];
  const fallback = production === 'Ignore' ? 'Ignore' : `${production}, in a trial Ignore`;
  return {
    name: `failure-policy-${key}`,
    value: 'POLICY',
    summary: `what happens to requests of ${key}.holdfast.dev while Holdfast is down (default: ${fallback})`,
    choices: ['Fail', 'Ignore'],
  };
}

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  if (input.flag('diff') && input.flag('static-guard')) {
    context.report('--diff and --static-guard exclude each other: the API does not serve files');
    return 'usage';
  }
  if (!input.flag('diff')) {
    const loaded = await requireConfiguration(context, input.text('config'));
    if (loaded === undefined) return 'configuration';
    return print(context, input, loaded.configuration);
  }
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  const { client, configuration } = connected;
  try {
    const planned = await plan(context, input, configuration);
    if (typeof planned === 'string') return planned;
    const { showRegistrationChanges } = await import('./show-registration-changes.ts');
    return await showRegistrationChanges(context, client, planned.manifests);
  } finally {
    client.close();
  }
}

async function print(
  context: CommandContext,
  input: CommandInput,
  configuration: Configuration,
): Promise<ExitStatus> {
  const planned = await plan(context, input, configuration);
  if (typeof planned === 'string') return planned;
  context.print(formatManifests(planned.manifests, input.text('output') ?? 'yaml'));
  // Standard output is what kubectl reads.
  for (const line of planned.notes) context.report(line);
  return 'ok';
}

interface Plan {
  readonly manifests: readonly Manifest[];
  readonly notes: readonly string[];
}

async function plan(
  context: CommandContext,
  input: CommandInput,
  configuration: Configuration,
): Promise<Plan | ExitStatus> {
  const read = readRegistration(input, configuration);
  if (!read.ok) {
    context.report(formatProblem(read.problem, read.remedy));
    return read.status;
  }
  if (input.flag('static-guard')) {
    const { ownNamespace } = read.registration;
    const guardUsernames = input.texts('guard-user');
    return {
      manifests: planStaticGuardFor(configuration, { ownNamespace, guardUsernames }),
      notes: [],
    };
  }
  const authorityPem = await readCaFile(context, input.text('ca-file'), configuration);
  const { registration } = read;
  const notes = [...describeProfile(registration.profile), ...adviseOnMode(read, configuration)];
  return { manifests: planManifests(configuration, { ...registration, authorityPem }), notes };
}

/** A running Holdfast only warns, and one that is away refuses: nobody expects that of a first try. */
function adviseOnMode(
  { registration }: { readonly registration: { readonly profile: { readonly name: string } } },
  { policies }: Configuration,
): readonly string[] {
  if (registration.profile.name === 'trial' || policies.mode !== 'warn') return [];
  return [
    'note: policies.mode is warn, so that Holdfast refuses nothing while it runs, and yet writes are refused while it is ' +
      'away. For a trial, use --profile trial',
  ];
}

async function readCaFile(
  context: CommandContext,
  file: string | undefined,
  { certificates }: Pick<Configuration, 'certificates'>,
): Promise<string | undefined> {
  if (file === undefined) {
    context.report(
      certificates.manage
        ? 'note: without --ca-file the running Holdfast registers its authority (certificates.manage), and calls fail until it has'
        : 'note: without --ca-file the API server must trust the certificate by itself',
    );
    return undefined;
  }
  return readAuthority(resolve(context.workingDirectory, file), file);
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
