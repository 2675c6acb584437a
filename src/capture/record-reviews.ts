/** Records reviews from a start to a stop, and writes them to a file. */
import { open, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { describeFileError } from '../base/describe-file-error.ts';
import { HoldfastError } from '../errors.ts';
import { formatAction } from './format-action.ts';
import { formatRecording } from './recorded-case.ts';
import { startRecorder, type Recorder } from './recorder.ts';

/** Only the owner: what is left after scrubbing still tells about a cluster. */
const OWN = 0o600;

const CERTIFICATE_REMEDY =
  'Make both with holdfast certs, or name others with --certificate-file and --key-file';

export interface RecordingOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly casesMax: number;
  /** The folder that relative paths start from. */
  readonly folder: string;
  /** In PEM. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** What is being done; by default user, verb and resource of each review. */
  readonly action?: string | undefined;
  /** The file that is written when it stops. */
  readonly output: string;
  readonly onReady: (url: string) => void;
  /** Resolves when the recording is over. */
  readonly stopped: Promise<unknown>;
}

export interface FinishedRecording {
  readonly recorded: number;
  /** Reviews that arrived when the recording was full. */
  readonly dropped: number;
}

/**
 * Listens until it is stopped, then writes the file. Rejects with a `HoldfastError` if a certificate cannot be read or
 * the address cannot be used.
 */
export async function recordReviews(options: RecordingOptions): Promise<FinishedRecording> {
  const output = resolve(options.folder, options.output);
  // Found out before an hour of recording is lost.
  await checkWritable(output, options.output);
  const recorder = await listen(options);
  options.onReady(recorder.url);
  await options.stopped;
  await recorder.stop();
  const cases = recorder.cases();
  await writeFile(output, formatRecording({ cases }), {
    mode: OWN,
  });
  return { recorded: cases.length, dropped: recorder.droppedCount() };
}

async function checkWritable(file: string, shown: string): Promise<void> {
  try {
    await (await open(file, 'a', OWN)).close();
  } catch (cause) {
    const message = `Cannot write "${shown}": ${describeFileError(cause)}`;
    throw new HoldfastError('input_unreadable', message, { cause });
  }
}

async function listen(options: RecordingOptions): Promise<Recorder> {
  const { host, port, casesMax, action, folder } = options;
  const certificatePem = await readPem(folder, options.certificateFile);
  const keyPem = await readPem(folder, options.keyFile);
  checkPair({ certificatePem, keyPem }, options);
  try {
    return await startRecorder({
      host,
      port,
      casesMax,
      certificatePem,
      keyPem,
      label: (review) => ({ action: action ?? formatAction(review), expect: 'unreviewed' }),
    });
  } catch (cause) {
    const message = `Cannot listen on ${host}:${port}`;
    throw new HoldfastError('server_address_unavailable', message, { cause });
  }
}

function checkPair(
  { certificatePem, keyPem }: { readonly certificatePem: string; readonly keyPem: string },
  { certificateFile, keyFile }: RecordingOptions,
): void {
  try {
    createSecureContext({ cert: certificatePem, key: keyPem });
  } catch (cause) {
    const message = `"${certificateFile}" and "${keyFile}" cannot serve TLS: damaged, or not a pair`;
    throw new HoldfastError('certificate_unusable', message, { cause, remedy: CERTIFICATE_REMEDY });
  }
}

async function readPem(folder: string, file: string): Promise<string> {
  try {
    return await readFile(resolve(folder, file), 'utf8');
  } catch (cause) {
    const message = `Cannot read "${file}": ${describeFileError(cause)}`;
    throw new HoldfastError('certificate_unreadable', message, {
      cause,
      remedy: CERTIFICATE_REMEDY,
    });
  }
}
