/** The headers that every answer has, whoever writes it. */
import type { ServerResponse } from 'node:http';
import type { HttpAnswer } from '../admission/respond.ts';

/** An answer is JSON, is no page that a browser might guess a type for, and is never kept. */
export const ANSWER_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

const FLAT_HEADERS: readonly string[] = Object.entries(ANSWER_HEADERS).flat();

/** Writes an answer in one piece: head and body leave in one TLS record. */
export function writeAnswer(
  response: ServerResponse,
  { httpStatus, body }: HttpAnswer,
  more: readonly string[] = [],
): void {
  const bytes = Buffer.byteLength(body);
  const headers = [...more, ...FLAT_HEADERS, 'content-length', String(bytes)];
  response.writeHead(httpStatus, headers);
  // As many bytes as characters means ASCII, which Node copies faster than it converts UTF-8.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}
