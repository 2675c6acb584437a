/**
 * The headers of a commit or tag, byte for byte.
 *
 * A header is `name SP value LF`; lines that begin with a space continue it. An empty line ends the headers. As in
 * `git fsck`, an object may end after its headers, if the last line has its LF, and no header contains NUL.
 */
import type { Parsed } from '../parsed.ts';
import { parsed } from '../parsed.ts';
import { SIGNATURE_LIMITS } from '../settings.ts';
import { rejected } from '../verification.ts';

export interface Header {
  readonly name: string;
  /** Whether a space follows the name: `gpgsig` alone on a line is a header of that name and no signature. */
  readonly hasValue: boolean;
  /** Without the name; continued lines are joined by LF without their leading space. The last LF is left out. */
  readonly value: Buffer;
  /** Where the header's first line begins in the object, and where its last line ends, behind the LF. */
  readonly start: number;
  readonly end: number;
}

export interface ObjectParts {
  readonly headers: readonly Header[];
  /** Behind the empty line; the object's length where there is none. */
  readonly messageStart: number;
}

const HEADERS_MAX = SIGNATURE_LIMITS['signature.headersMax'].default;
const LF = 0x0a;
const SPACE = 0x20;
const NAME = /^[A-Za-z0-9][\x21-\x7e]*$/u;

/** Finds the headers of an object and where its message begins. Linear in the length of the headers. */
export function parseHeaders(object: Buffer): Parsed<ObjectParts> {
  const headers: Header[] = [];
  let at = 0;
  while (at < object.length) {
    if (object[at] === LF) return parsed({ headers, messageStart: at + 1 });
    const end = findHeaderEnd(object, at);
    if (end === undefined) return malformed('the last header has no end of line');
    const header = readHeader(object, at, end);
    if (header === undefined) {
      return malformed(`a header, a name and a value, was expected at byte ${at}`);
    }
    if (headers.length === HEADERS_MAX) {
      return rejected('limit_exceeded', `The object has more than ${HEADERS_MAX} headers`);
    }
    headers.push(header);
    at = end;
  }
  return parsed({ headers, messageStart: object.length });
}

/** Behind the LF of the last line that continues the header. */
function findHeaderEnd(object: Buffer, start: number): number | undefined {
  let at = start;
  do {
    const lineEnd = object.indexOf(LF, at);
    if (lineEnd === -1) return undefined;
    at = lineEnd + 1;
  } while (object[at] === SPACE);
  return at;
}

function readHeader(object: Buffer, start: number, end: number): Header | undefined {
  const line = object.subarray(start, end - 1);
  // Programs written in C would read the header up to the NUL only, and so another one.
  if (line.includes(0)) return undefined;
  const firstLineEnd = line.indexOf(LF);
  const firstLine = firstLineEnd === -1 ? line : line.subarray(0, firstLineEnd);
  const space = firstLine.indexOf(SPACE);
  const nameEnd = space === -1 ? firstLine.length : space;
  const name = firstLine.toString('latin1', 0, nameEnd);
  if (!NAME.test(name)) return undefined;
  return { name, hasValue: space !== -1, value: unfold(line.subarray(nameEnd + 1)), start, end };
}

/** Removes the space at the beginning of each continued line. */
function unfold(value: Buffer): Buffer {
  const unfolded = Buffer.alloc(value.length);
  let length = 0;
  let at = 0;
  for (let lineEnd = value.indexOf(LF); lineEnd !== -1; lineEnd = value.indexOf(LF, at)) {
    length += value.copy(unfolded, length, at, lineEnd + 1);
    at = lineEnd + 2;
  }
  length += value.copy(unfolded, length, at);
  return unfolded.subarray(0, length);
}

function malformed(what: string): Parsed<never> {
  return rejected('malformed_object', `The object cannot be read: ${what}`);
}
