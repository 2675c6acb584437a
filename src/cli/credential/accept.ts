/** `holdfast credential accept`: makes a credential that an identity showed its own. */
import { systemClock } from '../../base/clock.ts';
import { shortFingerprint } from '../../identity/credentials/credential-table.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { credentialClusterOptions, withCredentials } from './open-credentials.ts';

/** Replicas believe it within identity.credentials.syncMs. */
export const credentialAcceptCommand: CommandDefinition = {
  name: 'credential accept',
  summary: 'Accept a credential that a controller, node or operator showed',
  description:
    'First make sure that it is the real one: that its certificate was renewed, or its component upgraded, when the\n' +
    'credential was first seen. Whoever is accepted is believed to be that identity.',
  arguments: [
    { name: 'USERNAME', summary: 'the identity, as credential list shows it', required: true },
    { name: 'FINGERPRINT', summary: 'its first digits, where several are unknown' },
  ],
  options: [configOption, ...credentialClusterOptions],
  examples: [
    {
      line: 'credential accept system:kube-controller-manager',
      note: 'after its certificate was renewed',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [username = '', fingerprint] = input.arguments;
  return await withCredentials(context, input, async (options) => {
    const { chooseUnknown, editCredentials, planAcceptance, readCredentials } =
      await import('../../identity/credentials/edit-credentials.ts');
    const choice = { username, fingerprint };
    const chosen = chooseUnknown(await readCredentials(options), choice);
    if (!chosen.ok) {
      context.report(`holdfast: Nothing was accepted: ${chosen.reason}`);
      return 'failed';
    }
    await editCredentials(options, planAcceptance(choice, chosen.entry, systemClock.wallMs()));
    context.print(
      `accepted ${chosen.entry.kind} ${shortFingerprint(chosen.entry.fingerprint)} of ${username}`,
    );
    return 'ok';
  });
}
