/**
 * A stand-in for the API server, over TLS on loopback. Strict: it answers 405 to writes where the test answers none, 415
 * to a write that is not JSON (an apply is said to be YAML, of which JSON is a part), 400 to one that cannot be parsed, 401
 * without the bearer token, 406 where metadata is asked of a single object, and 404 for what it does not hold, each with a Status object, as the real one does.
 */
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ensureCertificates } from '../../src/certificates/ensure-certificates.ts';
import { FakeWatches } from './fake-watch.ts';
import type { FakeWatch } from './fake-watch.ts';

export const FAKE_TOKEN = 'fake-token';

/** How one path is answered; the default is 200 with the object. */
export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
  /** Sent instead of a JSON body. */
  readonly text?: string;
  /** Nothing is sent before this resolves. */
  readonly after?: Promise<void>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeWrite {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: unknown;
}

export interface FakeApiServer {
  readonly url: string;
  /** A kubeconfig for it; a token file beside it may be changed. */
  readonly kubeconfigFile: string;
  readonly folder: string;
  /** What was asked, in order: path and query. */
  readonly requests: readonly string[];
  readonly answer: (path: string, answer: FakeAnswer) => void;
  /** Hears every well-formed write from now on. */
  readonly answerWrites: (handler: (write: FakeWrite) => FakeAnswer) => void;
  /** The next watch of a path, for the test to speak for the server. */
  readonly nextWatch: (path: string) => Promise<FakeWatch>;
  readonly stop: () => Promise<void>;
}

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Starts it on a free port. */
export async function startFakeApiServer(): Promise<FakeApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-fake-api-'));
  const { files, authorityPem } = await ensureCertificates({
    folder,
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    nowMs: Date.now(),
  });
  const answers = new Map<string, FakeAnswer>();
  const watches = new FakeWatches();
  const requests: string[] = [];
  let writes: ((write: FakeWrite) => FakeAnswer) | undefined;
  const server = createServer(
    { cert: await readFile(files.leafCertificate), key: await readFile(files.leafKey) },
    (request, response) => {
      requests.push(request.url ?? '');
      void (request.method === 'GET' || writes === undefined
        ? respond(request, response, { answers, watches })
        : respondToWrite(request, response, writes));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${String(address.port)}`;
  const kubeconfigFile = join(folder, 'kubeconfig.json');
  await writeFile(kubeconfigFile, formatKubeconfig(url, authorityPem));
  return {
    url,
    kubeconfigFile,
    folder,
    requests,
    answer: (path, answer) => {
      answers.set(path, answer);
    },
    answerWrites: (handler) => {
      writes = handler;
    },
    nextWatch: (path) => watches.next(path),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

function formatKubeconfig(server: string, authorityPem: string): string {
  const ca = Buffer.from(authorityPem).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'holdfast', user: { token: FAKE_TOKEN } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'holdfast' } }],
    'current-context': 'fake',
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  {
    answers,
    watches,
  }: { readonly answers: ReadonlyMap<string, FakeAnswer>; readonly watches: FakeWatches },
): Promise<void> {
  const url = new URL(request.url ?? '', 'https://fake');
  if (request.method !== 'GET') {
    send(response, 405, status(405, 'the server does not allow this method'));
  } else if (request.headers.authorization !== `Bearer ${FAKE_TOKEN}`) {
    send(response, 401, status(401, 'Unauthorized'));
  } else if (url.searchParams.has('watch')) {
    watches.take(request, response);
  } else if (request.headers.accept === METADATA_LIST && !url.searchParams.has('limit')) {
    send(response, 406, status(406, 'only the following media types are accepted'));
  } else {
    const answer = answers.get(url.pathname);
    await answer?.after;
    const body = answer?.text ?? answer?.body ?? status(404, 'not found');
    addHeaders(response, answer);
    send(response, answer?.status ?? (answer === undefined ? 404 : 200), body);
  }
}

async function respondToWrite(
  request: IncomingMessage,
  response: ServerResponse,
  handler: (write: FakeWrite) => FakeAnswer,
): Promise<void> {
  const sent = await text(request);
  const contentType = request.headers['content-type'] ?? '';
  if (request.headers.authorization !== `Bearer ${FAKE_TOKEN}`) {
    send(response, 401, status(401, 'Unauthorized'));
  } else if (!/^application\/(?:(?:[a-z-]+\+)?json|apply-patch\+yaml)$/u.test(contentType)) {
    send(response, 415, status(415, 'the body of the request was in an unknown format'));
  } else if (!isJson(sent)) {
    send(response, 400, status(400, 'couldn’t get version/kind'));
  } else {
    const answer = handler({
      method: request.method ?? '',
      path: request.url ?? '',
      contentType,
      body: JSON.parse(sent),
    });
    await answer.after;
    addHeaders(response, answer);
    send(response, answer.status ?? 200, answer.text ?? answer.body ?? JSON.parse(sent));
  }
}

function addHeaders(response: ServerResponse, answer: FakeAnswer | undefined): void {
  for (const [name, value] of Object.entries(answer?.headers ?? {})) {
    response.setHeader(name, value);
  }
}

function isJson(sent: string): boolean {
  try {
    JSON.parse(sent);
    return true;
  } catch {
    return false;
  }
}

function status(code: number, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code };
}

function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
