/** The credentials in a cluster, for the commands that look there. */
import { systemClock } from '../../base/clock.ts';
import type { CredentialEditorOptions } from '../../identity/credentials/edit-credentials.ts';
import type { ConnectedCluster } from '../../kubernetes/client/cluster-client.ts';
import type { CommandContext, CommandInput } from '../command.ts';
import { ASK_MS_MAX, clusterOptions, connectCluster } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';

/** For all commands about credentials. */
export const credentialClusterOptions = clusterOptions(
  'where they are kept (default: identity.credentials.namespace)',
);

/** Connects, does something, and closes the connection. */
export async function withCredentials(
  context: CommandContext,
  input: CommandInput,
  work: (
    options: CredentialEditorOptions & { readonly client: ConnectedCluster },
  ) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  const { client, configuration } = connected;
  const { namespace, identitiesMax } = configuration.identity.credentials;
  try {
    return await work({
      client,
      clock: systemClock,
      namespace: input.text('namespace') ?? namespace,
      identitiesMax,
      callMsMax: ASK_MS_MAX,
    });
  } finally {
    client.close();
  }
}
