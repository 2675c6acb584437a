/** `holdfast credential forget`: takes an identity's credentials back. */
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { credentialClusterOptions, withCredentials } from './open-credentials.ts';

/** For a credential that was stolen or accepted by mistake, and for identities that show none from now on. */
export const credentialForgetCommand: CommandDefinition = {
  name: 'credential forget',
  summary: 'Forget the credentials of a controller, node or operator',
  description:
    'Without FINGERPRINT all of the identity are forgotten: it is then believed without one where\n' +
    'identity.credentials.absent is accept, and its next one is unknown unless learning is open.',
  arguments: [
    { name: 'USERNAME', summary: 'the identity, as credential list shows it', required: true },
    { name: 'FINGERPRINT', summary: 'the first digits of the one to forget' },
  ],
  options: [configOption, ...credentialClusterOptions],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const [username = '', prefix] = input.arguments;
  return await withCredentials(context, input, async (options) => {
    const { editCredentials, readCredentials } =
      await import('../../identity/credentials/edit-credentials.ts');
    const entries = (await readCredentials(options))?.identities.get(username) ?? [];
    const chosen = entries.filter(({ fingerprint }) => fingerprint.startsWith(prefix ?? ''));
    if (chosen.length === 0) {
      const which = prefix === undefined ? 'credential' : `credential "${prefix}"`;
      context.report(`holdfast: Nothing was forgotten: "${username}" has shown no ${which}`);
      return 'failed';
    }
    for (const { fingerprint } of chosen) {
      await editCredentials(options, { what: 'forgotten', username, fingerprint });
    }
    context.print(`forgot ${String(chosen.length)} of ${username}`);
    return 'ok';
  });
}
