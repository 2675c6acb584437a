/**
 * An instance of sigstore in one process: an authority, a log of certificates, a timestamp authority and a log of signatures.
 *
 * The log of certificates and the timestamp authority are those of sigstore's own mock. The log of signatures is faithful where
 * that mock is not: bodies in canonical form, a tree with several entries, and checkpoints.
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { initializeCTLog, initializeTSA } from '@sigstore/mock';
import {
  CODE_SIGNING,
  extension,
  issue,
  issueAgain,
  type Issued,
  type NewCertificate,
} from './certificate-builder.ts';
import { octets, utf8 } from './der.ts';
import { formatTrustedRoot } from './trusted-root.ts';

const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';
const SCT = '1.3.6.1.4.1.11129.2.4.2';
const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;
const HOST = 'rekor.example.com';

/** Whom a certificate is for. */
export interface NewIdentity {
  readonly names: readonly Buffer[];
  readonly issuer: string;
  readonly curve?: 'P-256' | 'P-384';
  readonly extensions?: readonly Buffer[];
  /** Absent: nine minutes after the time of the instance. */
  readonly notAfterMs?: number;
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A field of a protocol buffer message. */
function field(number: number, value: bigint | Uint8Array): Buffer {
  if (typeof value === 'bigint') {
    return Buffer.concat([varint(BigInt(number) << 3n), varint(value)]);
  }
  const key = varint((BigInt(number) << 3n) | 2n);
  return Buffer.concat([key, varint(BigInt(value.length)), value]);
}

function varint(value: bigint): Buffer {
  const octetList: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    octetList.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    if (rest <= 0x7fn) return Buffer.from(octetList);
  }
}

function newKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function spki({ publicKey }: Keys): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' });
}

/** `start()` makes the keys. All times are `atMs`. */
export class SigstoreInstance {
  readonly atMs: number;
  readonly #authority: Issued;
  readonly #logKeys = newKeys();
  readonly #ctLog: Awaited<ReturnType<typeof initializeCTLog>>;
  readonly #tsa: Awaited<ReturnType<typeof initializeTSA>>;

  private constructor(
    atMs: number,
    authority: Issued,
    parts: {
      readonly ctLog: Awaited<ReturnType<typeof initializeCTLog>>;
      readonly tsa: Awaited<ReturnType<typeof initializeTSA>>;
    },
  ) {
    this.atMs = atMs;
    this.#authority = authority;
    this.#ctLog = parts.ctLog;
    this.#tsa = parts.tsa;
  }

  static async start(): Promise<SigstoreInstance> {
    // Whole seconds: the library reads no other fractions than three digits. Later than the mock's certificates.
    const atMs = Math.ceil(Date.now() / 1000 + 2) * 1000;
    const clock = new Date(atMs);
    const authority = issue({
      commonName: 'fulcio',
      isAuthority: true,
      notBeforeMs: atMs - MINUTE_MS,
      notAfterMs: atMs + YEAR_MS,
    });
    const ctLog = await initializeCTLog(newKeys(), clock);
    const tsa = await initializeTSA(newKeys(), clock);
    return new SigstoreInstance(atMs, authority, { ctLog, tsa });
  }

  /** A certificate for ten minutes, in the log of certificates. */
  async issue(identity: NewIdentity): Promise<Issued> {
    const { names, issuer, curve = 'P-256', extensions = [] } = identity;
    const options: NewCertificate = {
      commonName: '',
      issuer: this.#authority,
      curve,
      notBeforeMs: this.atMs - MINUTE_MS,
      notAfterMs: identity.notAfterMs ?? this.atMs + 9 * MINUTE_MS,
      purposes: [CODE_SIGNING],
      names,
      hash: 'sha384',
      extensions: [
        extension(ISSUER_V1, Buffer.from(issuer)),
        extension(ISSUER_V2, utf8(issuer)),
        ...extensions,
      ],
    };
    const pre = issue(options);
    const issuerKeyId = sha256(this.#authority.publicKey.export({ format: 'der', type: 'spki' }));
    const sct = Buffer.from(
      await this.#ctLog.log(
        Uint8Array.from(pre.certificate).buffer,
        Uint8Array.from(issuerKeyId).buffer,
      ),
    );
    const list = Buffer.concat([Buffer.from([0, sct.length]), sct]);
    return issueAgain(pre, {
      ...options,
      extensions: [...(options.extensions ?? []), extension(SCT, octets(list))],
    });
  }

  /** The authority's own certificate. */
  get authorityCertificate(): Buffer {
    return this.#authority.certificate;
  }

  /** A TimeStampToken over bytes. */
  async timestamp(bytes: Buffer): Promise<Buffer> {
    const response = Buffer.from(
      (
        await this.#tsa.timestamp({
          artifactHash: sha256(bytes),
          hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
          nonce: 1,
          policyOID: '1.2.3.4',
        })
      ).buffer,
    );
    // Behind the status, which is a SEQUENCE of an INTEGER.
    const lengthBytes = (response[1] ?? 0) & 0x7f;
    const statusStart = 2 + lengthBytes;
    return response.subarray(statusStart + 2 + (response[statusStart + 1] ?? 0));
  }

  /** The entry of a body among others, as gitsign keeps it: Rekor v1 with a promise, Rekor v2 without. */
  log(body: Buffer, version: '0.0.1' | '0.0.2', kind = 'hashedrekord'): Buffer {
    const logId = sha256(spki(this.#logKeys));
    const leaf = sha256(Buffer.from([0]), body);
    const left = sha256(Buffer.from([0]), Buffer.from('another entry'));
    const right = sha256(Buffer.from([0]), Buffer.from('a third entry'));
    // Three entries, ours the second: the root is H(H(left, leaf), right).
    const root = sha256(Buffer.from([1]), sha256(Buffer.from([1]), left, leaf), right);
    const note = `${HOST} - 42\n3\n${root.toString('base64')}\n`;
    const signature = sign('sha256', Buffer.from(note), this.#logKeys.privateKey);
    const signed = Buffer.concat([logId.subarray(0, 4), signature]).toString('base64');
    const checkpoint = `${note}\n\u2014 ${HOST} ${signed}\n`;
    const proof = Buffer.concat([
      field(1, 1n),
      field(2, root),
      field(3, 3n),
      field(4, left),
      field(4, right),
      field(5, field(1, Buffer.from(checkpoint))),
    ]);
    const integratedTime = Math.floor(this.atMs / 1000);
    const promise = {
      body: body.toString('base64'),
      integratedTime,
      logID: logId.toString('hex'),
      logIndex: 1,
    };
    const promised = sign('sha256', Buffer.from(JSON.stringify(promise)), this.#logKeys.privateKey);
    const isV1 = version === '0.0.1';
    return Buffer.concat([
      field(1, 1n),
      field(2, field(1, logId)),
      field(3, Buffer.concat([field(1, Buffer.from(kind)), field(2, Buffer.from(version))])),
      ...(isV1 ? [field(4, BigInt(integratedTime)), field(5, field(1, promised))] : []),
      field(6, proof),
    ]);
  }

  /** The value of its `trusted_root.json`. */
  trustedRoot() {
    const { intCertificate, rootCertificate } = this.#tsa;
    const certificateLogKey = createPublicKey({
      key: this.#ctLog.publicKey,
      format: 'der',
      type: 'spki',
    });
    return formatTrustedRoot({
      startMs: this.atMs - MINUTE_MS * 10,
      logs: [{ publicKey: this.#logKeys.publicKey, baseUrl: `https://${HOST}` }],
      certificateLogs: [{ publicKey: certificateLogKey, baseUrl: 'https://ct.example.com' }],
      authorities: [[this.#authority.certificate]],
      timestampAuthorities: [[viewOf(intCertificate), viewOf(rootCertificate)]],
    });
  }
}

function viewOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
