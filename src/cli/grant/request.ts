/** `holdfast grant request`: prints the command that an approver runs, for the object of a denial. */
import { formatShellWord } from '../../base/format-shell-word.ts';
import { GRANT_VERBS } from '../../identity/grants/settings.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';

/** Prints it; nothing is signed and no request is sent. */
export const grantRequestCommand: CommandDefinition = {
  name: 'grant request',
  summary: 'Print what an approver runs to grant you a change',
  arguments: [
    {
      name: 'OBJECT',
      summary: 'as the denial names it: deployments.apps/shop/checkout, or namespaces/shop',
      required: true,
    },
  ],
  options: [
    { name: 'subject', value: 'USER', summary: 'your username (kubectl auth whoami)' },
    { name: 'cluster', value: 'NAME', summary: 'the cluster that the denial names' },
    {
      name: 'subresource',
      value: 'NAME',
      summary: 'as kubectl names it: scale, status, eviction',
    },
    {
      name: 'verb',
      value: 'VERB',
      summary: 'what you are going to do',
      default: 'UPDATE',
      choices: GRANT_VERBS,
    },
    { name: 'minutes', value: 'N', summary: 'how long it is needed (default: of grant create)' },
    { name: 'uses', value: 'N', summary: 'how many writes are needed (default: of grant create)' },
    { name: 'reason', value: 'TEXT', summary: 'why' },
  ],
  examples: [
    {
      line: 'grant request deployments.apps/shop/checkout --subresource scale --subject alice --cluster prod-eu-1',
      note: 'as a denial prints it; send the answer to an approver',
    },
  ],
  run: (context, input) => Promise.resolve(run(context, input)),
};

function run(context: CommandContext, input: CommandInput): ExitStatus {
  const parts = (input.arguments[0] ?? '').split('/');
  const [resource = '', ...place] = parts;
  const name = place.at(-1);
  const namespace = place.length === 2 ? place[0] : undefined;
  if (resource === '' || !name || place.length > 2) {
    context.report(
      `holdfast: Expected RESOURCE/NAMESPACE/NAME or RESOURCE/NAME, found "${input.arguments[0] ?? ''}"`,
    );
    return 'usage';
  }
  const subresource = input.text('subresource');
  const words = [
    'holdfast grant create --key YOUR_KEY',
    `--subject ${formatShellWord(input.text('subject') ?? 'USER')}`,
    `--cluster ${formatShellWord(input.text('cluster') ?? 'CLUSTER')}`,
    ...(namespace === undefined ? [] : [`--namespace ${formatShellWord(namespace)}`]),
    `--resource ${formatShellWord(subresource === undefined ? resource : `${resource}/${subresource}`)}`,
    `--object ${formatShellWord(name)}`,
    `--verb ${formatShellWord(input.text('verb') ?? '')}`,
    ...['minutes', 'uses'].flatMap((option) => {
      const value = input.text(option);
      return value === undefined ? [] : [`--${option} ${formatShellWord(value)}`];
    }),
    `--reason ${formatShellWord(input.text('reason') ?? 'WHY')}`,
  ];
  context.print(words.join(' '));
  return 'ok';
}
