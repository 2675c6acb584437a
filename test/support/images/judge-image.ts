/** The verdict of `holdfast verify image` in a word: `verified`, the code of a rejection, or what else it printed last. */
import { runProgram } from '../../../src/cli/program.ts';
import { verifyImageCommand } from '../../../src/cli/verify/image.ts';
import { recordContext } from '../command-context.ts';

/** Asks the registry by http; files are those of the folder. */
export async function judgeImage(
  image: string,
  {
    host,
    folder,
    argv,
  }: { readonly host: string; readonly folder: string; readonly argv: readonly string[] },
): Promise<string> {
  const recorded = recordContext({ workingDirectory: folder });
  const access = ['--plain-http', host, '--private-host', host];
  const status = await runProgram(['verify', 'image', image, ...access, ...argv], {
    commands: [verifyImageCommand],
    groups: { verify: 'Verify' },
    version: '0',
    context: recorded.context,
  });
  if (status === 'ok') return 'verified';
  const line = recorded.printed().split('\n').at(-1) ?? '';
  return /^rejected {4}(?<code>\w+): /u.exec(line)?.groups?.['code'] ?? `${status}: ${line}`;
}
