/** `holdfast grant approve`: adds a signature to a grant. */
import { findExcess, formatExcess } from '../../identity/grants/find-excess.ts';
import { formatGrant } from '../../identity/grants/plan-grant.ts';
import { signGrant } from '../../identity/grants/verify-grant.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { formatGrantManifest, readGrantFile } from './read-grant-file.ts';
import { keyOption, readSigningKeyFile } from './read-signing-key-file.ts';

/** Shows what the grant allows on standard error, and prints it with the signature added. */
export const grantApproveCommand: CommandDefinition = {
  name: 'grant approve',
  summary: 'Approve a break-glass grant that somebody else made',
  description: 'Read what it shows: with your signature you let exactly that happen.',
  arguments: [{ name: 'FILE', summary: 'the grant; "-" reads standard input', required: true }],
  options: [
    keyOption,
    {
      name: 'holdfast-namespace',
      value: 'NAMESPACE',
      summary: 'where the object goes (default: breakGlass.namespace)',
    },
    configOption,
  ],
  examples: [
    { line: 'grant approve grant.yaml --key ben.jwk | kubectl apply -f -', note: 'and present it' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [file = ''] = input.arguments;
  const { grant, payload, approvals } = await readGrantFile(context, file);
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { limits, namespace } = loaded.configuration.breakGlass;
  const [excess] = findExcess(grant, limits);
  if (excess !== undefined) {
    // A signature on what can never count would only be found out at three in the morning.
    const message = `The grant is not approved: ${formatExcess(excess)} (${excess.key})`;
    const place = loaded.file ?? 'the defaults';
    context.report(
      formatProblem(
        message,
        `These are the limits of ${place}; --config names another configuration`,
      ),
    );
    return 'usage';
  }
  const key = await readSigningKeyFile(context, input.text('key'));
  for (const line of formatGrant(grant)) context.report(line);
  const signed = await signGrant(payload, key);
  const all = [...new Set([...approvals, signed])];
  context.print(
    formatGrantManifest({ grant, approvals: all }, input.text('holdfast-namespace') ?? namespace),
  );
  return 'ok';
}
