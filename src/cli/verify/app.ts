/** `holdfast verify app`: whether an application comes from commits that somebody trusted has signed. */
import { systemClock } from '../../base/clock.ts';
import type { ApplicationReport } from '../../compose/verify-application.ts';
import type { ApplicationKind, ApplicationName } from '../../compose/trace-application.ts';
import type { Configuration } from '../../config/schema.ts';
import type { SignatureVerifiers } from '../../signature/verify-object.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { connectCluster, clusterOptions, type NamedCluster } from '../connect-cluster.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';
import {
  formatApplicationReport,
  formatApplicationReportJson,
} from './format-application-report.ts';
import { readTrust, trustOptions } from './trust-options.ts';

const KINDS: readonly ApplicationKind[] = ['application', 'kustomization', 'helmrelease'];

/** Ends with `failed` if a source is no trusted commit or an object is another one, with `unavailable` if that could not be found out. */
export const verifyAppCommand: CommandDefinition = {
  name: 'verify app',
  summary: 'Say whether an application comes from commits signed by somebody you trust',
  description:
    'Reads the application in the cluster, asks the repositories of its sources for the revisions that its status claims, and\n' +
    'verifies each commit. The branch that the application follows must contain the commit. Credentials are those of\n' +
    'mirrors.credentials, else those of Argo CD or Flux, whose Secrets you must be allowed to read.\n' +
    'The live objects that its status lists, 500 at most, are then compared with what its commits declare. Ends with 0 if\n' +
    'every commit is verified and no object differs, with 1 if not, with 4 if that could not be found out.',
  arguments: [{ name: 'NAME', summary: 'the application', required: true }],
  options: [
    {
      name: 'kind',
      value: 'KIND',
      summary: 'what the application is',
      choices: KINDS,
      default: 'application',
    },
    ...clusterOptions('where the application is (default: that of Argo CD or Flux)'),
    ...trustOptions,
    configOption,
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'verify app shop --allowed-signers allowed_signers', note: 'an Argo CD Application' },
    {
      line: 'verify app apps --kind kustomization -n flux-system --allowed-signers allowed_signers',
      note: 'a Flux Kustomization',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const verifiers = await readTrust(context, input);
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  try {
    const report = await showProgress(context, { doing: 'verifying the application' }, () =>
      verify(context, input, { ...connected, verifiers }),
    );
    printAnswer(context, input, {
      table: () => formatApplicationReport(report),
      json: () => formatApplicationReportJson(report),
    });
    return EXIT_STATUS[report.status];
  } finally {
    connected.client.close();
  }
}

interface Connected extends NamedCluster {
  readonly verifiers: SignatureVerifiers;
}

async function verify(
  { environment }: CommandContext,
  input: CommandInput,
  { client, configuration, verifiers }: Connected,
): Promise<ApplicationReport> {
  const { bindMirrors } = await import('../../compose/bind-mirrors.ts');
  const { openComparison } = await import('../../compose/open-comparison.ts');
  const { createTelemetry } = await import('../../compose/telemetry.ts');
  const { verifyApplication } = await import('../../compose/verify-application.ts');
  const { ClusterCredentials } = await import('../../source/mirror/cluster-credentials.ts');
  const { mirrors: settings, ownership, manifests } = configuration;
  const argocdNamespace = ownership.argocd.namespace;
  const { metrics } = createTelemetry(configuration);
  const mirrors = await bindMirrors({ settings, environment, metrics });
  const clock = systemClock;
  const clusterCredentials = new ClusterCredentials({ client, clock, argocdNamespace });
  const access = {
    settings,
    environment,
    clusterCredentials,
    whenForbidden: 'unavailable',
  } as const;
  try {
    return await verifyApplication(nameOf(input, ownership), {
      client,
      mirrors,
      settings,
      environment,
      verifiers,
      clock,
      clusterCredentials,
      comparison: {
        argocdNamespace,
        open: (live) => openComparison({ configuration, mirrors, access, metrics }, live),
      },
      requireManifestMatch: manifests.requireManifestMatch,
    });
  } finally {
    mirrors.close();
  }
}

function nameOf(
  input: CommandInput,
  { argocd, flux }: Configuration['ownership'],
): ApplicationName {
  const kind = KINDS.find((each) => each === input.text('kind')) ?? 'application';
  const home = kind === 'application' ? argocd.namespace : flux.namespace;
  const [name = ''] = input.arguments;
  return { kind, namespace: input.text('namespace') ?? home, name };
}

const EXIT_STATUS: Readonly<Record<ApplicationReport['status'], ExitStatus>> = {
  verified: 'ok',
  rejected: 'failed',
  unavailable: 'unavailable',
};
