/** `holdfast lineage verify`: a pipeline signs that it has verified a version. */
import { createHash } from 'node:crypto';
import { signText } from '../../base/json-web-signature.ts';
import { isObjectId } from '../../source/parse-revision.ts';
import { STATEMENT_TYPE, type VersionStatement } from '../../source/lineage/parse-statement.ts';
import { formatYaml } from '../../base/parse-yaml.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { readSigningKeyFile } from '../grant/read-signing-key-file.ts';
import { applicationArgument, kindOption, readApplicationName } from './application-argument.ts';

/** Prints the manifest of a ConfigMap. Needs no cluster. */
export const lineageVerifyCommand: CommandDefinition = {
  name: 'lineage verify',
  summary: 'Sign that a version of an application is verified',
  description:
    'Prints the manifest of a ConfigMap with the signed statement: apply it in the namespace lineage.statementsNamespace. It\n' +
    'counts if lineage.verifiers has the public key and names the application. Whoever applies it needs no other permission,\n' +
    'and can sign nothing. Needs no cluster.',
  arguments: [
    applicationArgument,
    {
      name: 'REV',
      summary: 'the commit in full; of several Git sources each, in their order, joined by "+"',
      required: true,
    },
  ],
  options: [
    kindOption,
    {
      name: 'key',
      value: 'FILE',
      summary: 'the private key of the pipeline (holdfast grant keygen makes one)',
    },
    { name: 'cluster', value: 'NAME', summary: 'of the cluster (default: cluster.name)' },
    {
      name: 'statements-namespace',
      value: 'NAMESPACE',
      summary: 'where the ConfigMap goes (default: lineage.statementsNamespace)',
    },
    configOption,
  ],
  examples: [
    {
      line: 'lineage verify argocd/shop 0123456789abcdef0123456789abcdef01234567 --key pipeline.jwk --cluster prod-eu-1 --statements-namespace holdfast-statements | kubectl apply -f -',
      note: 'after the tests of a deployed version',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const application = readApplicationName(context, input);
  if (application === undefined) return 'usage';
  const revision = input.arguments[1] ?? '';
  if (!revision.split('+').every(isObjectId)) {
    context.report(
      `holdfast: "${revision}" is no version: write the id of the commit in full (git rev-parse HEAD)`,
    );
    return 'usage';
  }
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { cluster, lineage } = loaded.configuration;
  const namespace = input.text('statements-namespace') ?? lineage?.statementsNamespace;
  if (namespace === undefined) {
    context.report(
      'holdfast: Name the namespace of the ConfigMap with --statements-namespace: the configuration has no lineage.statementsNamespace',
    );
    return 'usage';
  }
  const key = await readSigningKeyFile(context, input.text('key'));
  const statement: VersionStatement = {
    cluster: input.text('cluster') ?? cluster.name,
    ...application,
    revision,
    issuedAt: new Date().toISOString(),
  };
  const text = JSON.stringify(statement);
  context.print(
    formatYaml({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: formatName(statement), namespace },
      data: { statement: await signText(text, key, STATEMENT_TYPE) },
    }).trimEnd(),
  );
  return 'ok';
}

const DIGITS = 16;

/** The same version of the same application has the same name: a later statement takes the place of an earlier one. */
function formatName({ cluster, kind, namespace, name, revision }: VersionStatement): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([cluster, kind, namespace, name, revision]))
    .digest('hex');
  return `verified-${digest.slice(0, DIGITS)}`;
}
