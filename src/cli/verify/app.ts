/** `holdfast verify app`: whether an application comes from commits that somebody trusted has signed. */
import { systemClock } from '../../base/clock.ts';
import type { ApplicationReport } from '../../compose/verify-application.ts';
import type { ApplicationKind } from '../../compose/trace-application.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { connectCluster, kubeconfigOption } from '../connect-cluster.ts';
import {
  formatApplicationReport,
  formatApplicationReportJson,
} from './format-application-report.ts';
import { outputOption, readTrust, trustOptions } from './trust-options.ts';

const KINDS: readonly ApplicationKind[] = ['application', 'kustomization', 'helmrelease'];

/** Ends with `failed` if a source is not a trusted commit, with `unavailable` if that could not be found out. */
export const verifyAppCommand: CommandDefinition = {
  name: 'verify app',
  summary: 'Say whether an application comes from commits signed by somebody you trust',
  description:
    'Reads the application in the cluster, asks the repositories of its sources for the revisions that its status claims, and\n' +
    'verifies each commit. The branch that the application follows must contain the commit. Credentials are those of\n' +
    'mirrors.credentials, else those of Argo CD or Flux, whose Secrets you must be allowed to read.\n' +
    'The live objects of an Argo CD Application, 500 at most, are then compared with what its commits declare.',
  arguments: [{ name: 'NAME', summary: 'the application', required: true }],
  options: [
    {
      name: 'kind',
      value: 'KIND',
      summary: 'what the application is',
      choices: KINDS,
      default: 'application',
    },
    {
      name: 'namespace',
      short: 'n',
      value: 'NAMESPACE',
      summary: 'where the application is (default: that of Argo CD or Flux)',
    },
    ...trustOptions,
    configOption,
    kubeconfigOption,
    outputOption,
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
  const { client, configuration } = connected;
  const { mirrors: settings, ownership } = configuration;
  const { environment } = context;
  const { bindMirrors } = await import('../../compose/bind-mirrors.ts');
  const { createTelemetry } = await import('../../compose/telemetry.ts');
  const { verifyApplication } = await import('../../compose/verify-application.ts');
  const { ClusterCredentials } = await import('../../source/mirror/cluster-credentials.ts');
  const { metrics } = createTelemetry(configuration);
  const mirrors = await bindMirrors({ settings, environment, metrics });
  const argocdNamespace = ownership.argocd.namespace;
  const kind = KINDS.find((each) => each === input.text('kind')) ?? 'application';
  const home = kind === 'application' ? argocdNamespace : ownership.flux.namespace;
  const [name = ''] = input.arguments;
  const clusterCredentials = new ClusterCredentials({
    client,
    clock: systemClock,
    argocdNamespace,
  });
  const { openComparison } = await import('../../compose/open-comparison.ts');
  const comparison = await openComparison({
    configuration,
    mirrors,
    access: { settings, environment, clusterCredentials, whenForbidden: 'unavailable' },
  });
  try {
    const report = await verifyApplication(
      { kind, namespace: input.text('namespace') ?? home, name },
      {
        client,
        mirrors,
        settings,
        environment,
        verifiers,
        clock: systemClock,
        clusterCredentials,
        comparison,
        requireManifestMatch: configuration.manifests.requireManifestMatch,
      },
    );
    const isJson = input.text('output') === 'json';
    context.print(isJson ? formatApplicationReportJson(report) : formatApplicationReport(report));
    return EXIT_STATUS[report.status];
  } finally {
    await comparison.close();
    mirrors.close();
    client.close();
  }
}

const EXIT_STATUS: Readonly<Record<ApplicationReport['status'], ExitStatus>> = {
  verified: 'ok',
  rejected: 'failed',
  unavailable: 'unavailable',
};
