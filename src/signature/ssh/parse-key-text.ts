/** A public key as text: `ssh-ed25519 AAAA… comment`. Source: sshd(8), AUTHORIZED_KEYS FILE FORMAT. */
import { decodeBase64 } from '../decode-base64.ts';
import { isCertificateType } from './parse-certificate.ts';
import { fingerprintOf, parsePublicKey, quoteName } from './parse-public-key.ts';
import type { TrustFileProblem } from './trust-file.ts';
import { WireReader } from './wire-reader.ts';

/** A key that a file names: enough to recognize it. Keys that Holdfast refuses to verify with may be named too. */
export interface NamedKey {
  readonly type: string;
  /** `SHA256:…` of the whole key. */
  readonly fingerprint: string;
  /** The whole key, decoded. */
  readonly blob: Buffer;
}

export type KeyText =
  | { readonly status: 'read'; readonly value: NamedKey }
  | ({ readonly status: 'invalid' } & Pick<TrustFileProblem, 'problem' | 'remedy'>);

const COPY_THE_KEY = 'copy both words from the .pub file';

/** Reads the type and the key; what follows is a comment. */
export function parseKeyText(text: string): KeyText {
  const [type = '', base64 = ''] = text.split(/[ \t]+/u);
  if (type === '' || base64 === '') {
    return { status: 'invalid', problem: 'no public key was found', remedy: COPY_THE_KEY };
  }
  const blob = decodeBase64(base64);
  if (blob === undefined) {
    const problem = `${quoteName(type)} is not followed by a public key in base64`;
    return { status: 'invalid', problem, remedy: COPY_THE_KEY };
  }
  if (new WireReader(blob).text() !== type) {
    const problem = `the key is not of the type ${quoteName(type)}`;
    return { status: 'invalid', problem, remedy: COPY_THE_KEY };
  }
  if (isCertificateType(type)) {
    return {
      status: 'invalid',
      problem: 'a certificate stands where a key is wanted',
      remedy: 'write the key of its authority, with the option cert-authority',
    };
  }
  const key = parsePublicKey(new WireReader(blob));
  // A weak or unknown key accepts nothing: its signatures are refused before anybody looks it up here.
  if (key.status === 'rejected' && key.code === 'malformed_signature') {
    const problem = `the key of the type ${quoteName(type)} is damaged`;
    return { status: 'invalid', problem, remedy: COPY_THE_KEY };
  }
  return { status: 'read', value: { type, fingerprint: fingerprintOf(blob), blob } };
}
