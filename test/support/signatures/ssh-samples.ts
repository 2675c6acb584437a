/** SSH keys, signatures and certificates made with node:crypto, sound by default and wrong where a test asks for it. */
import { createHash, generateKeyPairSync, randomBytes, sign, type JsonWebKey } from 'node:crypto';
import { encodeString } from '../../../src/signature/ssh/wire-reader.ts';

export type SampleKeyKind =
  'ed25519' | 'nistp256' | 'nistp384' | 'nistp521' | 'rsa' | 'sk-ed25519' | 'sk-ecdsa';

export interface SampleKey {
  readonly type: string;
  readonly blob: Buffer;
  /** As in a `.pub` file. */
  readonly text: string;
  readonly fingerprint: string;
  /** The encoded signature over a message. */
  readonly sign: (message: Uint8Array, options?: SignOptions) => Buffer;
}

export interface SignOptions {
  /** What the signature calls itself. @default the algorithm of the key */
  readonly algorithm?: string;
  /** Of a security key. @default 0x01, touched */
  readonly flags?: number;
}

const APPLICATION = 'ssh:';
const COUNTER = 7;
const CURVES: Readonly<Record<string, { readonly jwk: string; readonly hash: string }>> = {
  nistp256: { jwk: 'P-256', hash: 'sha256' },
  nistp384: { jwk: 'P-384', hash: 'sha384' },
  nistp521: { jwk: 'P-521', hash: 'sha512' },
};
const VENDOR = '@openssh.com';

/** Makes a key of a kind. */
export function makeSshKey(
  kind: SampleKeyKind,
  options: { readonly bits?: number } = {},
): SampleKey {
  switch (kind) {
    case 'ed25519':
      return makeEd25519('ssh-ed25519', '');
    case 'sk-ed25519':
      return makeEd25519(`sk-ssh-ed25519${VENDOR}`, APPLICATION);
    case 'sk-ecdsa':
      return makeEcdsa(`sk-ecdsa-sha2-nistp256${VENDOR}`, 'nistp256', APPLICATION);
    case 'rsa':
      return makeRsa(options.bits ?? 2048);
    case 'nistp256':
    case 'nistp384':
    case 'nistp521':
      return makeEcdsa(`ecdsa-sha2-${kind}`, kind, '');
  }
}

/** The fields of an SSHSIG (PROTOCOL.sshsig), each of which a test may replace. */
export interface SampleSignatureOptions extends SignOptions {
  readonly namespace?: string;
  readonly hash?: string;
  readonly magic?: string;
  readonly version?: number;
  readonly reserved?: string;
  /** In place of the key. */
  readonly certificate?: Buffer;
  /** Bytes behind the last field. */
  readonly trailing?: string;
  /** In place of the signature that the key makes. */
  readonly signature?: Buffer;
}

/** An armored signature of a key over a payload, in the namespace `git`. */
export function makeSshSignature(
  key: SampleKey,
  payload: Uint8Array | string,
  options: SampleSignatureOptions = {},
): Buffer {
  const { namespace = 'git', hash = 'sha512', reserved = '' } = options;
  const digest = createHash(hash === 'sha256' ? 'sha256' : 'sha512')
    .update(payload)
    .digest();
  const fields = [namespace, reserved, hash].map(encodeString);
  const message = Buffer.concat([Buffer.from('SSHSIG'), ...fields, encodeString(digest)]);
  return armor(
    Buffer.concat([
      Buffer.from(options.magic ?? 'SSHSIG'),
      uint32(options.version ?? 1),
      encodeString(options.certificate ?? key.blob),
      ...fields,
      encodeString(options.signature ?? key.sign(message, options)),
      Buffer.from(options.trailing ?? ''),
    ]),
  );
}

/** The block as ssh-keygen writes it. */
export function armor(blob: Buffer): Buffer {
  const lines = blob.toString('base64').match(/.{1,70}/gu) ?? [];
  return Buffer.from(
    ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n'),
  );
}

/** The fields of a certificate (PROTOCOL.certkeys), each of which a test may replace. */
export interface SampleCertificateOptions {
  readonly serial?: bigint;
  /** 1: user, 2: host. */
  readonly kind?: number;
  readonly keyId?: string;
  readonly principals?: readonly string[];
  readonly validAfter?: bigint;
  readonly validBefore?: bigint;
  /** Names and values. */
  readonly criticalOptions?: readonly (readonly [string, string])[];
  readonly trailing?: string;
  /** In place of the authority's signature. */
  readonly signature?: Buffer;
  readonly algorithm?: string;
}

/** A certificate of an authority for a key: for alice@example.com, valid for ever. */
export function makeSshCertificate(
  key: SampleKey,
  authority: SampleKey,
  options: SampleCertificateOptions = {},
): Buffer {
  const stem = key.type.replace(VENDOR, '');
  const body = Buffer.concat([
    encodeString(`${stem}-cert-v01${VENDOR}`),
    encodeString(randomBytes(32)),
    key.blob.subarray(encodeString(key.type).length),
    uint64(options.serial ?? 1n),
    uint32(options.kind ?? 1),
    encodeString(options.keyId ?? 'alice'),
    encodeString(Buffer.concat((options.principals ?? ['alice@example.com']).map(encodeString))),
    uint64(options.validAfter ?? 0n),
    uint64(options.validBefore ?? 2n ** 64n - 1n),
    encodeString(
      Buffer.concat(
        (options.criticalOptions ?? []).flatMap(([name, value]) => [
          encodeString(name),
          encodeString(encodeString(value)),
        ]),
      ),
    ),
    encodeString(''),
    encodeString(''),
    encodeString(authority.blob),
  ]);
  const signature =
    options.signature ??
    authority.sign(body, options.algorithm === undefined ? {} : { algorithm: options.algorithm });
  return Buffer.concat([body, encodeString(signature), Buffer.from(options.trailing ?? '')]);
}

/** A key revocation list (PROTOCOL.krl) of sections: a kind and a content. */
export function makeKrl(
  sections: readonly (readonly [number, Buffer])[],
  options: { readonly version?: number; readonly trailing?: string } = {},
): Buffer {
  return Buffer.concat([
    Buffer.from('SSHKRL\n\0'),
    uint32(options.version ?? 1),
    uint64(1n),
    uint64(0n),
    uint64(0n),
    encodeString(''),
    encodeString('a list of a test'),
    makeSections(sections),
    Buffer.from(options.trailing ?? ''),
  ]);
}

/** Kinds and contents, as sections of a KRL or of its list of certificates. */
export function makeSections(sections: readonly (readonly [number, Buffer])[]): Buffer {
  return Buffer.concat(
    sections.flatMap(([kind, content]) => [Buffer.from([kind]), encodeString(content)]),
  );
}

/** Four bytes, the highest first. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Eight bytes, the highest first. */
export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** A positive number as RFC 4251 encodes it. */
export function mpint(magnitude: Buffer): Buffer {
  const start = magnitude.findIndex((byte) => byte !== 0);
  const minimal = start === -1 ? Buffer.alloc(0) : magnitude.subarray(start);
  const positive = (minimal[0] ?? 0) >= 0x80 ? [0] : [];
  return encodeString(Buffer.concat([Buffer.from(positive), minimal]));
}

function makeEd25519(type: string, application: string): SampleKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  const fields = [encodeString(decode(x)), ...onSecurityKey(application)];
  return describe(type, fields, (message, { algorithm = type, flags = 1 }) => {
    const state = stateOf(flags);
    const challenge = application === '' ? message : challengeOf(application, state, message);
    const bytes = sign(undefined, challenge, privateKey);
    return encodeSignature(algorithm, bytes, application === '' ? undefined : state);
  });
}

function makeEcdsa(type: string, curveName: string, application: string): SampleKey {
  const { jwk = '', hash = '' } = CURVES[curveName] ?? {};
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: jwk });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), decode(x), decode(y)]);
  const fields = [encodeString(curveName), encodeString(point), ...onSecurityKey(application)];
  return describe(type, fields, (message, { algorithm = type, flags = 1 }) => {
    const state = stateOf(flags);
    const challenge = application === '' ? message : challengeOf(application, state, message);
    const pair = sign(hash, challenge, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const half = pair.length / 2;
    const bytes = Buffer.concat([mpint(pair.subarray(0, half)), mpint(pair.subarray(half))]);
    return encodeSignature(algorithm, bytes, application === '' ? undefined : state);
  });
}

function makeRsa(bits: number): SampleKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const { e, n } = publicKey.export({ format: 'jwk' });
  return describe('ssh-rsa', [mpint(decode(e)), mpint(decode(n))], (message, options) => {
    const { algorithm = 'rsa-sha2-512' } = options;
    return encodeSignature(algorithm, sign(rsaHash(algorithm), message, privateKey), undefined);
  });
}

function rsaHash(algorithm: string): string {
  if (algorithm === 'ssh-rsa') return 'sha1';
  return algorithm === 'rsa-sha2-256' ? 'sha256' : 'sha512';
}

function describe(
  type: string,
  fields: readonly Buffer[],
  signWith: (message: Uint8Array, options: SignOptions) => Buffer,
): SampleKey {
  const blob = Buffer.concat([encodeString(type), ...fields]);
  const hash = createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '');
  return {
    type,
    blob,
    text: `${type} ${blob.toString('base64')}`,
    fingerprint: `SHA256:${hash}`,
    sign: (message, options = {}) => signWith(message, options),
  };
}

function onSecurityKey(application: string): readonly Buffer[] {
  return application === '' ? [] : [encodeString(application)];
}

function stateOf(flags: number): Buffer {
  return Buffer.concat([Buffer.from([flags]), uint32(COUNTER)]);
}

function challengeOf(application: string, state: Buffer, message: Uint8Array): Buffer {
  const [left, right] = [application, message].map((part) =>
    createHash('sha256').update(part).digest(),
  );
  return Buffer.concat([left ?? Buffer.alloc(0), state, right ?? Buffer.alloc(0)]);
}

function encodeSignature(algorithm: string, bytes: Buffer, state: Buffer | undefined): Buffer {
  return Buffer.concat([
    encodeString(algorithm),
    encodeString(bytes),
    ...(state === undefined ? [] : [state]),
  ]);
}

function decode(field: JsonWebKey['x']): Buffer {
  return Buffer.from(field ?? '', 'base64url');
}
