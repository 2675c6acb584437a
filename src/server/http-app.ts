/**
 * A minimal fastify application. All its error responses come from the error table: none repeats the input,
 * and none names a source file or line. The only importer of fastify.
 */
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { respondError, type HttpAnswer } from '../admission/respond.ts';
import { errorCode } from '../base/error-details.ts';
import { describeError, ERRORS, type ErrorCode } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { ANSWER_HEADERS } from './answer-headers.ts';

export type HttpApp = FastifyInstance;
export type HttpReply = FastifyReply;

export interface HttpAppOptions {
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Creates the HTTP or HTTPS server that passes requests to the application. */
  readonly createServer: (
    handle: (request: IncomingMessage, response: ServerResponse) => void,
  ) => Server;
}

/** Creates the application and its server, which does not listen yet. */
export function createHttpApp({ createServer, ...shell }: HttpAppOptions): HttpApp {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    // Given, so that fastify loads none of its own: no route has a schema, and two compilers of schemas take 100 files.
    schemaController: { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } },
    // During a drain, requests that still arrive are answered, and the connection is closed after the
    // response.
    return503OnClosing: false,
    serverFactory: (handle) => createServer(handle),
    frameworkErrors: (_error, _request, reply) => {
      void reject(reply, 'request_unreadable', shell);
    },
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket, shell);
    },
  });
  app.removeAllContentTypeParsers();
  app.setErrorHandler((error, _request, reply) => {
    const code = classifyFault(error, shell);
    return reject(reply, code, shell);
  });
  app.setNotFoundHandler((_request, reply) => reject(reply, 'route_unknown', shell));
  return app;
}

export interface RejectionOptions {
  readonly metrics: Metrics;
  /** Shown instead of the meaning of the code. */
  readonly reason?: string | undefined;
}

/** Answers with a row of the error table, and counts it. */
export function reject(reply: HttpReply, code: ErrorCode, options: RejectionOptions): HttpReply {
  return sendAnswer(reply, planRejection(code, options));
}

/** The answer of a row of the error table, counted. */
export function planRejection(code: ErrorCode, { metrics, reason }: RejectionOptions): HttpAnswer {
  metrics.increment('holdfast_http_rejected_total', { code });
  const { httpStatus = 500, meaning } = describeError(code);
  return respondError(httpStatus, { code, message: reason ?? meaning });
}

/** Writes an answer of `admission/respond.ts`. */
export function sendAnswer(reply: HttpReply, { httpStatus, body }: HttpAnswer): HttpReply {
  return reply.code(httpStatus).headers(ANSWER_HEADERS).send(body);
}

/** The code of what ended the handling of a request; a fault of ours is logged. */
export function classifyFault(
  error: unknown,
  { logger }: Pick<HttpAppOptions, 'logger'>,
): ErrorCode {
  const code = errorCodeOf(error);
  if (code === 'internal_error') logger.error('A request handler failed', { error });
  return code;
}

/** Bodies are read by `admission/decode.ts`, which knows more of JSON than a schema. */
function noSchema(): never {
  throw new Error('A route must have no schema');
}

/** Source: fastify's error codes, of which only those about the body can be the sender's fault. */
function errorCodeOf(error: unknown): ErrorCode {
  const code = errorCode(error);
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'review_content_type_unsupported';
    case 'ECONNRESET':
      return 'request_unreadable';
    case undefined:
    default:
      return 'internal_error';
  }
}

/** Answers malformed or incomplete HTTP requests, and closes the connection. */
function answerClientError(
  error: { readonly code?: string },
  socket: Socket,
  { metrics, logger }: Pick<HttpAppOptions, 'metrics' | 'logger'>,
): void {
  const code = clientErrorCodeOf(error);
  if (code === undefined || !socket.writable) {
    // Before the handshake completes nothing can be written, and waiting would keep the connection for ever.
    logger.debug('A connection failed', { error });
    metrics.increment('holdfast_http_connections_failed_total');
    socket.destroy();
    return;
  }
  metrics.increment('holdfast_http_rejected_total', { code });
  const { httpStatus, meaning } = ERRORS[code];
  const { body } = respondError(httpStatus, { code, message: meaning });
  socket.end(
    `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  socket.destroySoon();
}

/** Source: Node's HTTP parser, whose codes begin with HPE. Everything else is about the connection itself. */
function clientErrorCodeOf({
  code = '',
}: {
  readonly code?: string;
}): 'request_timed_out' | 'request_unreadable' | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timed_out';
  return code.startsWith('HPE_') ? 'request_unreadable' : undefined;
}
