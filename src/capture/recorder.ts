/**
 * A webhook that allows everything and records the reviews: the source of test data from a real API server.
 *
 * It evaluates no policy, so it must be registered with failure policy `Ignore`, on a cluster that needs no
 * protection.
 */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { scrubReview } from './scrub-review.ts';
import type { RecordedCase, RecordedReview } from './recorded-case.ts';

/** Two objects of 1.5 MiB each as etcd stores them, and room for JSON's escapes. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** A day of a small cluster; further reviews are answered and counted, but not recorded. */
const CASES_MAX = 10_000;

const reviewSchema = z.looseObject({
  kind: z.literal('AdmissionReview'),
  apiVersion: z.string(),
  request: z.looseObject({ uid: z.string().min(1) }),
});

export type CaseLabel = Pick<RecordedCase, 'action' | 'expect' | 'note'>;

export interface RecorderOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Names the action; `undefined` skips the review. */
  readonly label: (review: RecordedReview) => CaseLabel | undefined;
  /** @default 10000 */
  readonly casesMax?: number | undefined;
  /** @default 16777216 */
  readonly bodyBytesMax?: number | undefined;
}

export interface Recorder {
  readonly url: string;
  readonly cases: () => readonly RecordedCase[];
  /** Reviews that arrived when the recording was full. */
  readonly droppedCount: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts to listen. Rejects if the port is in use. */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const cases: RecordedCase[] = [];
  let droppedCount = 0;
  const keep = (review: RecordedReview): void => {
    const label = options.label(review);
    if (label === undefined) return;
    if (cases.length >= (options.casesMax ?? CASES_MAX)) droppedCount += 1;
    else cases.push({ ...label, review });
  };
  const server = createServer(
    { cert: options.certificatePem, key: options.keyPem, minVersion: 'TLSv1.2' },
    (request, response) => {
      answer(request, response, { ...options, keep }).catch((fault: unknown) => {
        response.destroy(fault instanceof Error ? fault : undefined);
      });
    },
  );
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : options.port;
  return {
    url: `https://${options.host}:${port}`,
    cases: () => cases,
    droppedCount: () => droppedCount,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: RecorderOptions & { readonly keep: (review: RecordedReview) => void },
): Promise<void> {
  const body = await readBody(request, options.bodyBytesMax ?? BODY_BYTES_MAX);
  if (body === undefined) {
    send(response, 413, { error: 'The review is larger than the recorder accepts' });
    return;
  }
  const review = parseReview(body);
  if (review === undefined) {
    send(response, 400, { error: 'The body is no AdmissionReview of admission.k8s.io/v1' });
    return;
  }
  options.keep(review);
  const { apiVersion, kind, request: asked } = review;
  send(response, 200, { apiVersion, kind, response: { uid: asked.uid, allowed: true } });
}

/** The body, or `undefined` if it is too large; the rest of such a body is read and discarded. */
async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.byteLength;
    if (bytes <= bytesMax) chunks.push(chunk);
  }
  return bytes > bytesMax ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parseReview(body: string): RecordedReview | undefined {
  try {
    // Scrubbed before it is stored: secrets that are not in memory cannot be written by mistake.
    const parsed = reviewSchema.safeParse(scrubReview(JSON.parse(body)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, httpStatus: number, body: object): void {
  response.writeHead(httpStatus, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
