/** `holdfast grant list`: the grants in a cluster, their validity, and their uses. */
import { addMs, systemClock } from '../../base/clock.ts';
import type { GrantObject, GrantObjectList } from '../../identity/grants/grant-objects.ts';
import { MISLEADING } from '../../identity/grants/match-shown.ts';
import type { GrantUseEntry } from '../../identity/grants/settle-uses.ts';
import { HoldfastError } from '../../errors.ts';
import { verifyGrant, type GrantRules } from '../../identity/grants/verify-grant.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { ASK_MS_MAX, connectCluster, clusterOptions } from '../connect-cluster.ts';

/** A line for each grant, and one for each use of it. */
export const grantListCommand: CommandDefinition = {
  name: 'grant list',
  summary: 'List the grants in a cluster with their uses',
  options: [
    configOption,
    ...clusterOptions('where the grants are (default: breakGlass.namespace)'),
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'grant list --config holdfast.yaml', note: 'valid, expired and revoked ones' },
  ],
  run,
};

interface GrantRow {
  readonly name: string;
  readonly id?: string | undefined;
  readonly subject?: string | undefined;
  readonly state: string;
  readonly uses: readonly GrantUseEntry[];
  readonly usesMax?: number | undefined;
}

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'configuration';
  const { client, configuration } = connected;
  const { createGrantObjects } = await import('../../identity/grants/grant-objects.ts');
  const { readApprovers } = await import('../../compose/bind-grants.ts');
  const { breakGlass } = configuration;
  const objects = createGrantObjects({
    client,
    clock: systemClock,
    namespace: input.text('namespace') ?? breakGlass.namespace,
    ...breakGlass.limits,
    listCacheMs: 0,
    firstSeenMs: new Map(),
  });
  const rules = {
    approvers: await readApprovers(breakGlass),
    approvalsRequired: breakGlass.approvalsRequired,
  };
  try {
    const grants = known(await objects.list(addMs(systemClock.monotonicMs(), ASK_MS_MAX)));
    const uses = await objects.readUses(addMs(systemClock.monotonicMs(), ASK_MS_MAX));
    if ('status' in uses) throw new HoldfastError(uses.code, uses.reason);
    const rows = await Promise.all(
      grants.map((grant) => describe(grant, { rules, uses, revokedIds: breakGlass.revoked })),
    );
    printAnswer(context, input, { table: () => format(rows), json: () => JSON.stringify(rows) });
    return 'ok';
  } finally {
    client.close();
  }
}

function known(list: GrantObjectList): readonly GrantObject[] {
  if (list.status === 'known') return list.grants;
  throw new HoldfastError(list.code, list.reason);
}

interface Knowledge {
  readonly rules: GrantRules;
  readonly uses: ReadonlyMap<string, readonly GrantUseEntry[]>;
  readonly revokedIds: readonly string[];
}

async function describe(
  { name, token, revoked, misleads }: GrantObject,
  { rules, uses, revokedIds }: Knowledge,
): Promise<GrantRow> {
  const verified = await verifyGrant(token, rules);
  if (!verified.ok) {
    const state = `invalid: ${verified.reason}`;
    return { name, id: verified.id, subject: verified.subject, state, uses: [] };
  }
  const { id, subject, expires, uses: usesMax } = verified.grant;
  const used = uses.get(id) ?? [];
  const row = { name, id, subject, uses: used, usesMax };
  if (misleads) return { ...row, state: `invalid: ${MISLEADING}` };
  if (revoked || revokedIds.includes(id)) return { ...row, state: 'revoked' };
  if (Date.parse(expires) <= systemClock.wallMs()) return { ...row, state: `expired ${expires}` };
  if (countUses(used) >= usesMax) return { ...row, state: 'used up' };
  return { ...row, state: `valid until ${expires}, approved by ${verified.approvers.join(', ')}` };
}

/** Those that were not given back. */
function countUses(uses: readonly GrantUseEntry[]): number {
  return uses.filter(({ returned }) => returned !== true).length;
}

function format(rows: readonly GrantRow[]): string {
  if (rows.length === 0) return 'No grants';
  return rows
    .flatMap(({ name, subject = 'unknown', state, uses, usesMax }) => [
      `${name}  ${subject}  ${String(countUses(uses))}/${usesMax === undefined ? '?' : String(usesMax)} used  ${state}`,
      ...uses.map(
        ({ time, object, decisionId, returned }) =>
          `  ${time}  ${object}  decision ${decisionId}${returned === true ? '  not made, given back' : ''}`,
      ),
    ])
    .join('\n');
}
