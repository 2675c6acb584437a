/** Serves Git repositories over http or https on loopback: the real `git http-backend` behind a server of Node.js. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure, type ServerOptions } from 'node:https';

export interface GitHttpOptions {
  /** The folder of the repositories. */
  readonly folder: string;
  /** Absent: plain http. */
  readonly tls?: ServerOptions;
  /** The header that is wanted; absent: everybody may read. */
  readonly authorization?: string;
  /** Answers instead of git, if it returns true. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface GitHttpServer {
  readonly port: number;
  /** The path of each request, in order. */
  readonly requests: readonly string[];
  /** The header of each request, in order. */
  readonly authorizations: readonly (string | undefined)[];
}

/** Starts it for one test, or for whatever else ends. */
export async function startGitHttpServer(
  test: { readonly after: (end: () => Promise<void>) => void },
  options: GitHttpOptions,
): Promise<GitHttpServer> {
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request.url ?? '');
    authorizations.push(request.headers.authorization);
    if (options.intercept?.(request, response) === true) return;
    if (
      options.authorization !== undefined &&
      request.headers.authorization !== options.authorization
    ) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    runBackend(options.folder, request, response);
  };
  const server =
    options.tls === undefined ? createPlain(answer) : createSecure(options.tls, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, requests, authorizations };
}

/** Source: git-http-backend(1), RFC 3875. */
function runBackend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://localhost');
  const child = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  child.stdin.on('error', () => {});
  request.pipe(child.stdin);
  let head = Buffer.alloc(0);
  let hasHead = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (hasHead) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    hasHead = true;
    writeHead(head.subarray(0, end).toString('latin1'), response);
    response.write(head.subarray(end + 4));
  });
  child.once('close', () => response.end());
  response.once('close', () => child.kill());
}

function writeHead(text: string, response: ServerResponse): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
