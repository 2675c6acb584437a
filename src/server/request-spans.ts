/** The span of a request: from its headers to the end of its answer. Only where traces are configured. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseTraceparent } from '../telemetry/tracing/parse-traceparent.ts';
import { withinSpan } from '../telemetry/tracing/trace-context.ts';
import type { OpenSpan, Traces } from '../telemetry/tracing/traces.ts';

/** Health checks and scrapes would be most of the traces. */
const REVIEW = /^\/(?<route>validate|mutate)(?:\?|$)/;

/** The spans of a server. */
export class RequestSpans {
  readonly #traces: Pick<Traces, 'receive'>;
  /** The answer is what both ways through the server have in common. */
  readonly #spans = new WeakMap<ServerResponse, OpenSpan>();

  constructor(traces: Pick<Traces, 'receive'>) {
    this.#traces = traces;
  }

  /** Begins the span of a review; it ends with the answer, or with the connection. */
  open({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    const route = REVIEW.exec(url ?? '')?.groups?.['route'];
    if (route === undefined) return;
    const parent = parseTraceparent(headers['traceparent']);
    const span = this.#traces.receive(`${method} /${route}`, parent, {
      'http.request.method': method,
      'url.path': `/${route}`,
    });
    if (span === undefined) return;
    this.#spans.set(response, span);
    // `close` fires once, after every answer, and also if the client disconnects.
    response.on('close', () => {
      endSpan(span, response);
    });
  }

  /** Runs work within the span of a request, if it has one. */
  within<Result>(response: ServerResponse, work: () => Result): Result {
    const span = this.#spans.get(response);
    return span === undefined ? work() : withinSpan(span, work);
  }
}

function endSpan(span: OpenSpan, { statusCode, writableFinished }: ServerResponse): void {
  if (!writableFinished) {
    span.fail('client_disconnected');
  } else {
    span.annotate({ 'http.response.status_code': statusCode });
    if (statusCode >= 500) span.fail(String(statusCode));
  }
  span.end();
}
