/** Records reviews from a start to a stop, and writes them to a file. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError } from '../errors.ts';
import { formatAction } from './format-action.ts';
import { formatRecording } from './recorded-case.ts';
import { startRecorder, type Recorder } from './recorder.ts';

/** Only the owner: what is left after scrubbing still tells about a cluster. */
const OWN = 0o600;

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
  const recorder = await listen(options);
  options.onReady(recorder.url);
  await options.stopped;
  await recorder.stop();
  const cases = recorder.cases();
  await writeFile(resolve(options.folder, options.output), formatRecording({ cases }), {
    mode: OWN,
  });
  return { recorded: cases.length, dropped: recorder.droppedCount() };
}

async function listen(options: RecordingOptions): Promise<Recorder> {
  const { host, port, casesMax, action, folder } = options;
  const certificatePem = await readPem(folder, options.certificateFile);
  const keyPem = await readPem(folder, options.keyFile);
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

async function readPem(folder: string, file: string): Promise<string> {
  try {
    return await readFile(resolve(folder, file), 'utf8');
  } catch (cause) {
    const message = `Cannot read "${file}": make it with holdfast certs, or name another`;
    throw new HoldfastError('certificate_unreadable', message, { cause });
  }
}
