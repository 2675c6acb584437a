/** `holdfast grant show`: what a grant allows, and whether its signatures are good. */
import { findExcess, formatExcess } from '../../identity/grants/find-excess.ts';
import { formatGrant } from '../../identity/grants/plan-grant.ts';
import { verifyGrant } from '../../identity/grants/verify-grant.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { readGrantFile } from './read-grant-file.ts';

/** Ends with `failed` if the configured approvers have not approved it. Needs no cluster. */
export const grantShowCommand: CommandDefinition = {
  name: 'grant show',
  summary: 'Show what a grant allows and who approved it',
  arguments: [{ name: 'FILE', summary: 'the grant; "-" reads standard input', required: true }],
  options: [configOption],
  examples: [
    {
      line: 'grant show grant.yaml --config holdfast.yaml',
      note: 'against the approvers that are configured',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const { grant, approvals } = await readGrantFile(context, input.arguments[0] ?? '');
  for (const line of formatGrant(grant)) context.print(line);
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { readApprovers } = await import('../../compose/bind-grants.ts');
  const { breakGlass } = loaded.configuration;
  const rules = {
    approvers: await readApprovers(breakGlass),
    approvalsRequired: breakGlass.approvalsRequired,
  };
  const verified = await verifyGrant(approvals.join(' '), rules);
  if (!verified.ok) {
    context.print(`approved  no: ${verified.reason} (${verified.code})`);
    return 'failed';
  }
  context.print(`approved  by ${verified.approvers.join(', ')}`);
  const excesses = findExcess(grant, breakGlass.limits);
  for (const excess of excesses) {
    context.print(`counts    no: ${formatExcess(excess)} (grant_too_broad, ${excess.key})`);
  }
  return excesses.length === 0 ? 'ok' : 'failed';
}
