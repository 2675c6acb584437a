/**
 * The watches of the fake API server: each waits until a test takes it up and says what comes. Strict: 400 without a
 * resource version or with one that is no number, 406 for the media type of a list, as the real one.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One open watch, seen from the server. */
export interface FakeWatch {
  readonly query: URLSearchParams;
  readonly accept: string;
  /** Sends the headers, and nothing else. */
  readonly open: () => void;
  /** One event. */
  readonly send: (type: string, object: object) => void;
  /** Raw bytes. */
  readonly sendText: (text: string) => void;
  /** Ends it in order. */
  readonly end: () => void;
  /** Cuts the connection. */
  readonly cut: () => void;
  readonly refuse: (status: number, headers?: Readonly<Record<string, string>>) => void;
  readonly isClosed: () => boolean;
}

/** Watches that came and have not been taken up, and tests that wait for one. */
export class FakeWatches {
  readonly #come = new Map<string, FakeWatch[]>();
  readonly #awaited = new Map<string, ((watch: FakeWatch) => void)[]>();

  /** Takes a request for a watch; answers only one that the real server would refuse. */
  take(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'https://fake');
    const accept = request.headers.accept ?? '';
    if (!/^[1-9][0-9]*$/u.test(url.searchParams.get('resourceVersion') ?? '')) {
      response.writeHead(400).end();
    } else if (accept.includes('PartialObjectMetadataList')) {
      response.writeHead(406).end();
    } else {
      this.#hand(url.pathname, control(url.searchParams, accept, response));
    }
  }

  /** The next watch of a path; resolves when it comes. */
  next(path: string): Promise<FakeWatch> {
    // One whose client has gone meanwhile has nobody left to speak to.
    const come = (this.#come.get(path) ?? []).filter((watch) => !watch.isClosed());
    const [first] = come;
    this.#come.set(path, come.slice(1));
    if (first !== undefined) return Promise.resolve(first);
    const { promise, resolve } = Promise.withResolvers<FakeWatch>();
    this.#awaited.set(path, [...(this.#awaited.get(path) ?? []), resolve]);
    return promise;
  }

  #hand(path: string, watch: FakeWatch): void {
    const awaited = this.#awaited.get(path)?.shift();
    if (awaited === undefined) this.#come.set(path, [...(this.#come.get(path) ?? []), watch]);
    else awaited(watch);
  }
}

function control(query: URLSearchParams, accept: string, response: ServerResponse): FakeWatch {
  const open = (): void => {
    if (response.headersSent) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
  };
  const sendText = (text: string): void => {
    open();
    response.write(text);
  };
  return {
    query,
    accept,
    open,
    sendText,
    send: (type, object) => {
      sendText(`${JSON.stringify({ type, object })}\n`);
    },
    end: () => {
      open();
      response.end();
    },
    cut: () => {
      response.destroy();
    },
    refuse: (status, headers = {}) => {
      response.writeHead(status, headers).end('refused');
    },
    isClosed: () => response.closed,
  };
}
