/** `holdfast manifests --diff`: what applying the manifests would change in a cluster. */
import { systemClock } from '../../base/clock.ts';
import { diffLines } from '../../base/diff-lines.ts';
import { formatYaml } from '../../base/parse-yaml.ts';
import { compareRegistration } from '../../compose/compare-registration.ts';
import type { ManifestComparison } from '../../compose/compare-registration.ts';
import type { ConnectedCluster } from '../../kubernetes/client/cluster-client.ts';
import type { Manifest } from '../../registration/plan-registration.ts';
import type { CommandContext } from '../command.ts';
import { ASK_MS_MAX } from '../connect-cluster.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { formatProblem } from '../format-problem.ts';

/** `failed` (1) where there is a difference, as diff(1) and `kubectl diff` end. */
export async function showRegistrationChanges(
  context: CommandContext,
  client: ConnectedCluster,
  manifests: readonly Manifest[],
): Promise<ExitStatus> {
  const comparisons = await compareRegistration(manifests, {
    client,
    clock: systemClock,
    callMsMax: ASK_MS_MAX,
  });
  let status: ExitStatus = 'ok';
  for (const comparison of comparisons) {
    if (comparison.status === 'failed') {
      const { kind, name, reason } = comparison;
      context.report(
        formatProblem(
          `${kind} ${name} cannot be compared: ${reason}`,
          'A dry run of the apply needs the rights of the apply; a guard lets through only the users that it names',
        ),
      );
      return 'unavailable';
    }
    const lines = format(comparison);
    if (lines.length === 0) continue;
    status = 'failed';
    context.print(lines.join('\n'));
    if (comparison.conflict !== undefined) {
      context.report(
        `note: ${comparison.kind} ${comparison.name} is partly somebody else's, so that applying needs --force-conflicts: ${comparison.conflict}`,
      );
    }
  }
  if (status === 'ok') context.report(`no difference: ${client.server} has it so`);
  return status;
}

type Compared = Extract<ManifestComparison, { status: 'compared' }>;

function format({ kind, name, before, after }: Compared): readonly string[] {
  const text = (object: unknown): string => (object === undefined ? '' : formatYaml(object));
  const hunks = diffLines(text(before), text(after));
  if (hunks.length === 0) return [];
  const file = `${kind}/${name}`;
  return [
    before === undefined ? '--- /dev/null' : `--- live/${file}`,
    `+++ applied/${file}`,
    ...hunks,
  ];
}
