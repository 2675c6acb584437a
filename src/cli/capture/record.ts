/**
 * `holdfast record`: records the admission reviews that an API server sends, as data for tests and for
 * `holdfast demo`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RecordedReview } from '../../capture/recorded-case.ts';
import type { CaseLabel, Recorder } from '../../capture/recorder.ts';
import { HoldfastError } from '../../errors.ts';
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
      name: 'output',
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
    { line: 'record --output day.json', note: 'until Ctrl-C' },
    { line: 'record --action human-set-image', note: 'name what you are about to do' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const port = readNumber(context, input, { name: 'port', max: PORT_MAX });
  const casesMax = readNumber(context, input, { name: 'max', max: CASES_MAX });
  if (port === undefined || casesMax === undefined) return 'usage';
  const stopSignal = context.stopSignal();
  const recorder = await start(context, input, { port, casesMax });
  context.print(`ready ${recorder.url}`);
  await aborted(stopSignal);
  await recorder.stop();
  const file = resolve(context.workingDirectory, readText(input, 'output'));
  const { formatRecording } = await import('../../capture/recorded-case.ts');
  await writeFile(file, formatRecording({ cases: recorder.cases() }), { mode: 0o600 });
  context.report(`Wrote ${recorder.cases().length} reviews to ${file}`);
  if (recorder.droppedCount() === 0) return 'ok';
  context.report(
    `holdfast: the recording was full: ${recorder.droppedCount()} more reviews were not kept`,
  );
  return 'failed';
}

async function start(
  context: CommandContext,
  input: CommandInput,
  numbers: { readonly port: number; readonly casesMax: number },
): Promise<Recorder> {
  const { formatAction } = await import('../../capture/format-action.ts');
  const { startRecorder } = await import('../../capture/recorder.ts');
  const action = input.text('action');
  const host = readText(input, 'host');
  const certificatePem = await readPem(context, readText(input, 'certificate-file'));
  const keyPem = await readPem(context, readText(input, 'key-file'));
  const label = (review: RecordedReview): CaseLabel => ({
    action: action ?? formatAction(review),
    expect: 'unreviewed',
  });
  try {
    return await startRecorder({ ...numbers, host, certificatePem, keyPem, label });
  } catch (cause) {
    const message = `Cannot listen on ${host}:${numbers.port}`;
    throw new HoldfastError('server_address_unavailable', message, { cause });
  }
}

/** Every option of this command that is read here has a default. */
function readText(input: CommandInput, name: string): string {
  return input.text(name) ?? '';
}

async function readPem(context: CommandContext, file: string): Promise<string> {
  try {
    return await readFile(resolve(context.workingDirectory, file), 'utf8');
  } catch (cause) {
    const message = `Cannot read "${file}": make it with holdfast certs, or name another`;
    throw new HoldfastError('certificate_unreadable', message, { cause });
  }
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
