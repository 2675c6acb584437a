/**
 * A git server that lies, over http on loopback: it speaks protocol version 2 just far enough, and then sends what the
 * test wants. Source: gitprotocol-v2(5), gitformat-pack(5).
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { deflateSync } from 'node:zlib';

export interface HostileAnswers {
  /** The body of `ls-refs`. */
  readonly refs: (response: ServerResponse) => void;
  /** The body of `fetch`. */
  readonly pack: (response: ServerResponse) => void;
}

const FLUSH = '0000';
/** A packet line carries at most so many bytes of a pack: 65520 with its length and its band. */
const BAND_BYTES_MAX = 65_515;

/** One line of the protocol. */
export function packetLine(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = (bytes.byteLength + 4).toString(16).padStart(4, '0');
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** The list of one branch. */
export function listMain(objectId: string): (response: ServerResponse) => void {
  return (response) => {
    response.write(packetLine(`${objectId} refs/heads/main\n`));
    response.end(FLUSH);
  };
}

/** A handler for the test's http server. */
export function answerHostile(
  answers: HostileAnswers,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      response.write(packetLine('# service=git-upload-pack\n'));
      response.write(FLUSH);
      for (const line of ['version 2', 'agent=hostile', 'ls-refs', 'fetch=shallow filter']) {
        response.write(packetLine(`${line}\n`));
      }
      response.write(packetLine('object-format=sha1\n'));
      response.end(FLUSH);
      return true;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
      const isList = Buffer.concat(chunks).includes('command=ls-refs');
      if (isList) answers.refs(response);
      else answers.pack(response);
    });
    return true;
  };
}

/** Begins the answer to `fetch`: a section with a pack follows. */
export function beginPack(response: ServerResponse): void {
  response.write(packetLine('packfile\n'));
}

/** Bytes of a pack, on the band for data. Waits for nobody. */
export function writePack(response: ServerResponse, bytes: Uint8Array): boolean {
  let isReady = true;
  for (let at = 0; at < bytes.byteLength; at += BAND_BYTES_MAX) {
    const part = bytes.subarray(at, at + BAND_BYTES_MAX);
    isReady = response.write(packetLine(Buffer.concat([Buffer.from([1]), part])));
  }
  return isReady;
}

export function endPack(response: ServerResponse): void {
  response.end(FLUSH);
}

/** A whole pack of commits, with its checksum. A commit's size may be a lie. */
export function makePack(
  commits: readonly { readonly content: Uint8Array; readonly size?: number }[],
): Buffer {
  const body = Buffer.concat([
    packHead(commits.length),
    ...commits.flatMap(({ content, size = content.byteLength }) => [
      objectHead(size),
      deflateSync(content),
    ]),
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

export function packHead(count: number): Buffer {
  const head = Buffer.from('PACK\0\0\0\u{2}\0\0\0\0', 'latin1');
  head.writeUInt32BE(count, 8);
  return head;
}

/** Type 1 is a commit; the size has four bits in the first byte and seven in each other. */
export function objectHead(size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  let current = (1 << 4) | (size % 16);
  while (rest > 0) {
    bytes.push(current | 0x80);
    current = rest % 128;
    rest = Math.floor(rest / 128);
  }
  bytes.push(current);
  return Buffer.from(bytes);
}

/** The id of a commit with this content. */
export function commitId(content: Uint8Array): string {
  return createHash('sha1').update(`commit ${content.byteLength}\0`).update(content).digest('hex');
}
