/** `holdfast freeze list`: what is frozen in a cluster, by whom, until when and why. */
import { z } from 'zod';
import { addMs, systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import { formatFreezesPath } from '../../freeze/followed-freezes.ts';
import { formatFreezeRow, listFreezes } from '../../freeze/format-freezes.ts';
import { parseFreeze, type Freeze } from '../../freeze/parse-freeze.ts';
import type { ClusterClient } from '../../kubernetes/client/cluster-client.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { ASK_MS_MAX, clusterOptions, connectCluster } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { formatTable } from '../format-table.ts';
import { outputOption, printAnswer } from '../output-option.ts';

/** Windows of the configuration, and `Freeze` objects of the cluster. */
export const freezeListCommand: CommandDefinition = {
  name: 'freeze list',
  summary: 'List what is frozen, and what was',
  description:
    'Windows are those of the configuration that is read here; name the one that Holdfast runs with (--config).',
  options: [configOption, ...clusterOptions(), outputOption(['table', 'json', 'yaml'])],
  examples: [
    { line: 'freeze list --config holdfast.yaml', note: 'windows, people and circuit breakers' },
  ],
  run,
};

const HEADER = ['NAME', 'KIND', 'STATE', 'UNTIL', 'SCOPE', 'BY', 'REASON'];
const listBody = z.looseObject({ items: z.array(z.unknown()) });

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  const { client, configuration } = connected;
  const { openWindows } = await import('../../compose/bind-freezes.ts');
  try {
    const freezes = await readFreezes(context, client, configuration.breakGlass.namespace);
    const { lifetimeMaxMs } = configuration.freeze;
    const listed = { windows: openWindows(configuration), freezes, lifetimeMaxMs };
    const rows = listFreezes(listed, systemClock.wallMs());
    printAnswer(context, input, {
      table: () =>
        rows.length === 0
          ? 'No freezes'
          : formatTable([HEADER, ...rows.map(formatFreezeRow)]).join('\n'),
      json: () => JSON.stringify(rows),
    });
    return 'ok';
  } finally {
    client.close();
  }
}

async function readFreezes(
  context: CommandContext,
  client: ClusterClient,
  namespace: string,
): Promise<readonly Freeze[]> {
  const reading = await client.read(formatFreezesPath(namespace), {
    deadlineAtMs: addMs(systemClock.monotonicMs(), ASK_MS_MAX),
  });
  // The kind is not installed: then nobody has made one.
  if (reading.status === 'absent') return [];
  if (reading.status === 'unavailable') throw new HoldfastError(reading.code, reading.reason);
  const list = listBody.safeParse(reading.body);
  if (!list.success) throw new HoldfastError('lookup_failed', 'The list of freezes is malformed');
  return list.data.items.flatMap((item) => {
    const parsed = parseFreeze(item);
    if (parsed.ok) return [parsed.freeze];
    context.report(
      `holdfast: The Freeze "${parsed.name}" is malformed, and freezes nothing: ${parsed.reason}`,
    );
    return [];
  });
}
