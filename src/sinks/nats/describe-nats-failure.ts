/** Describes a NATS failure, with a remedy if one is known. */
import { formatExcerpt } from '../format-excerpt.ts';

/**
 * Only the names of the library's errors and JetStream's codes are stable; messages are shown without
 * secrets.
 */
export function describeNatsFailure(
  error: unknown,
  { stream, secrets }: { readonly stream: string; readonly secrets: readonly string[] },
): string {
  const { name, message, code } = read(error);
  // The library cannot distinguish a server without JetStream from a subject without a stream: neither
  // responds.
  if (name === 'JetStreamNotEnabled' || name === 'NoRespondersError') {
    return `No stream takes the subject: create the stream "${stream}", or configure createStream; JetStream must be enabled`;
  }
  if (code === 10_060) return `The subject belongs to another stream than "${stream}"`;
  if (code === 10_059) return `There is no stream "${stream}"`;
  if (name === 'TimeoutError' || message === 'timeout') {
    return 'NATS did not acknowledge in time';
  }
  if (name === 'AuthorizationError') return 'NATS does not accept our credentials';
  // Codes of sockets and TLS are stable; their messages do not fit this situation.
  if (typeof code === 'string') return `The connection to NATS failed with ${code}`;
  return `NATS failed: ${formatExcerpt(message, secrets) || name}`;
}

interface Readable {
  readonly name: string;
  readonly message: string;
  readonly code: unknown;
}

function read(error: unknown): Readable {
  if (!(error instanceof Error)) return { name: 'unknown', message: '', code: undefined };
  // The library wraps the error of a request: its cause is clearer.
  if (error.name === 'RequestError' && error.cause instanceof Error) return read(error.cause);
  return {
    name: error.name,
    message: error.message,
    code: 'code' in error ? error.code : undefined,
  };
}
