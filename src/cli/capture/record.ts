/**
 * `holdfast record`: records the admission reviews that an API server sends, as data for tests and for
 * `holdfast demo`.
 */
import { resolve } from 'node:path';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { aborted } from '../service/serve.ts';

/** Ports have 16 bits. */
const PORT_MAX = 65_535;
/** All are held in memory until the end: about 4 KiB each. */
const CASES_MAX = 100_000;

/** Listens until it is stopped, and then writes the reviews. */
export const recordCommand: CommandDefinition = {
  name: 'record',
  summary: 'Record the admission reviews that an API server sends',
  description:
    'Allows everything and judges nothing. Secret data, tokens and private keys are replaced before anything is kept.\n' +
    'Register it with failure policy Ignore. Writes the file when it is stopped; set "expect" of each case then.',
  options: [
    {
      name: 'out',
      value: 'FILE',
      summary: 'where to write the recording',
      default: 'recording.json',
    },
    { name: 'host', value: 'ADDRESS', summary: 'the address to listen on', default: '127.0.0.1' },
    {
      name: 'port',
      value: 'N',
      summary: 'the port to listen on; 0 picks a free one',
      default: '8443',
    },
    { name: 'certificate-file', value: 'FILE', summary: 'in PEM', default: 'certs/tls.crt' },
    { name: 'key-file', value: 'FILE', summary: 'in PEM', default: 'certs/tls.key' },
    { name: 'max', value: 'N', summary: 'how many reviews are kept', default: '10000' },
    {
      name: 'action',
      value: 'NAME',
      summary: 'what is being done (default: user, verb and resource of each review)',
    },
  ],
  examples: [
    { line: 'record --out day.json', note: 'until Ctrl-C' },
    { line: 'record --action human-set-image', note: 'name what you are about to do' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const port = readNumber(context, input, { name: 'port', max: PORT_MAX });
  const casesMax = readNumber(context, input, { name: 'max', max: CASES_MAX });
  if (port === undefined || casesMax === undefined) return 'usage';
  const out = readText(input, 'out');
  const { recordReviews } = await import('../../capture/record-reviews.ts');
  const { recorded, dropped } = await recordReviews({
    host: readText(input, 'host'),
    port,
    casesMax,
    folder: context.workingDirectory,
    certificateFile: readText(input, 'certificate-file'),
    keyFile: readText(input, 'key-file'),
    action: input.text('action'),
    output: out,
    onReady: (url) => context.print(`ready ${url}`),
    stopped: aborted(context.stopSignal()),
  });
  context.report(`Wrote ${recorded} reviews to ${resolve(context.workingDirectory, out)}`);
  if (dropped === 0) return 'ok';
  context.report(`holdfast: the recording was full: ${dropped} more reviews were not kept`);
  return 'failed';
}

/** Every option of this command that is read here has a default. */
function readText(input: CommandInput, name: string): string {
  return input.text(name) ?? '';
}

function readNumber(
  context: CommandContext,
  input: CommandInput,
  { name, max }: { readonly name: string; readonly max: number },
): number | undefined {
  const text = readText(input, name);
  if (/^\d{1,6}$/u.test(text) && Number(text) <= max) return Number(text);
  context.report(`holdfast: --${name} wants a number from 0 to ${max}, found "${text}"`);
  return undefined;
}
