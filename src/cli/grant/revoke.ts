/** `holdfast grant revoke`: ends a grant before its time. */
import { addMs, systemClock } from '../../base/clock.ts';
import { formatGrantsPath } from '../../identity/grants/grant-objects.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { ASK_MS_MAX, connectCluster, clusterOptions } from '../connect-cluster.ts';

/** Marks the object revoked; replicas see it within breakGlass.limits.listCacheMs. */
export const grantRevokeCommand: CommandDefinition = {
  name: 'grant revoke',
  summary: 'Revoke a grant in a cluster',
  description:
    'Marks the object as revoked. To make sure that nobody can undo it, or for a grant that is carried as an annotation,\n' +
    'put its id into breakGlass.revoked of the configuration as well.',
  arguments: [{ name: 'NAME', summary: 'the object, as grant list shows it', required: true }],
  options: [
    configOption,
    ...clusterOptions('where the grants are (default: breakGlass.namespace)'),
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const name = (input.arguments[0] ?? '').toLowerCase();
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u.test(name)) {
    context.report(`holdfast: Expected the name of a grant, found "${name}"`);
    return 'usage';
  }
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  const { client, configuration } = connected;
  try {
    const path = `${formatGrantsPath(input.text('namespace') ?? configuration.breakGlass.namespace)}/${name}`;
    const written = await client.write(path, {
      method: 'PATCH',
      body: { spec: { revoked: true } },
      contentType: 'application/merge-patch+json',
      deadlineAtMs: addMs(systemClock.monotonicMs(), ASK_MS_MAX),
    });
    if (written.status === 'written') {
      context.print(`revoked ${name}`);
      return 'ok';
    }
    const reason = written.status === 'absent' ? 'there is no such grant' : written.reason;
    context.report(`holdfast: The grant "${name}" was not revoked: ${reason}`);
    return written.status === 'absent' ? 'failed' : 'unavailable';
  } finally {
    client.close();
  }
}
