/** `holdfast record`: keeps the admission reviews that an API server sends, as data for tests and for `holdfast demo`. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RecordedReview } from '../recording/recorded-case.ts';
import type { CaseLabel, Recorder } from '../recording/recorder.ts';
import { HoldfastError } from '../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from './command.ts';
import type { ExitStatus } from './exit-codes.ts';
import { aborted } from './serve.ts';

const PORT_MAX = 65_535;

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
  const port = parsePort(input.text('port') ?? '');
  if (port === undefined) {
    context.report(
      `holdfast: --port wants a number from 0 to ${PORT_MAX}, found "${input.text('port') ?? ''}"`,
    );
    return 'usage';
  }
  const stopSignal = context.stopSignal();
  const recorder = await start(context, input, port);
  context.print(`ready ${recorder.url}`);
  await aborted(stopSignal);
  await recorder.stop();
  const file = resolve(context.workingDirectory, input.text('output') ?? 'recording.json');
  const { formatRecording } = await import('../recording/format-recording.ts');
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
  port: number,
): Promise<Recorder> {
  const { startRecorder } = await import('../recording/recorder.ts');
  const action = input.text('action');
  const certificatePem = await readPem(context, input.text('certificate-file') ?? '');
  const keyPem = await readPem(context, input.text('key-file') ?? '');
  const host = input.text('host') ?? '';
  const label = (review: RecordedReview): CaseLabel => ({
    action: action ?? describeAction(review),
    expect: 'unreviewed',
  });
  try {
    return await startRecorder({ host, port, certificatePem, keyPem, label });
  } catch (cause) {
    throw new HoldfastError('server_address_unavailable', `Cannot listen on ${host}:${port}`, {
      cause,
    });
  }
}

async function readPem(context: CommandContext, file: string): Promise<string> {
  try {
    return await readFile(resolve(context.workingDirectory, file), 'utf8');
  } catch (cause) {
    const message = `Cannot read "${file}": make it with holdfast certs, or name another`;
    throw new HoldfastError('certificate_unreadable', message, { cause });
  }
}

function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/u.test(text) && Number(text) <= PORT_MAX ? Number(text) : undefined;
}

/** `alice-update-deployments`: enough to find a review again. */
function describeAction({ request }: RecordedReview): string {
  const user = textAt(request['userInfo'], 'username').replace(/^.*:/u, '');
  const verb = textAt(request, 'operation').toLowerCase();
  const subresource = textAt(request, 'subResource');
  const resource = textAt(request['resource'], 'resource');
  return [user, verb, resource, subresource].filter((part) => part !== '').join('-');
}

function textAt(value: unknown, key: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : '';
  return typeof found === 'string' ? found : '';
}
