/** Groups the packets of a keyring into certificates: a primary key with what follows it (RFC 9580 section 10.1). */
import type { KeyringProblem } from './keyring.ts';
import {
  readKeyMaterial,
  readSignatureMaterial,
  SIGNATURE_TYPES,
  type KeyMaterial,
  type SignatureMaterial,
} from './openpgp-library.ts';
import { PACKET_TAGS, type Packet } from './parse-packets.ts';

/** A key as it was found; nothing of it is verified yet. */
export interface Certificate {
  readonly primary: KeyMaterial;
  /** Where it was found first. */
  readonly place: string;
  /** Directly on the primary key. */
  readonly signatures: SignatureMaterial[];
  /** By the bytes of the user ID in hexadecimal. */
  readonly users: Map<string, SignedPart<Uint8Array>>;
  /** By fingerprint. */
  readonly subkeys: Map<string, SignedPart<KeyMaterial>>;
}

/** A user ID or a subkey with the signatures that follow it. */
export interface SignedPart<Subject> {
  readonly subject: Subject;
  readonly signatures: SignatureMaterial[];
}

const REVOCATIONS: ReadonlySet<number> = new Set([
  SIGNATURE_TYPES.keyRevocation,
  SIGNATURE_TYPES.subkeyRevocation,
  SIGNATURE_TYPES.certificationRevocation,
]);

/** They carry nothing that a verifier reads. */
const IGNORED: ReadonlySet<number> = new Set([
  PACKET_TAGS.marker,
  PACKET_TAGS.trust,
  PACKET_TAGS.padding,
]);

/** Takes packets in their order. Problems are added to the list that the caller gives. */
export class CertificateCollector {
  readonly #certificates = new Map<string, Certificate>();
  readonly #loose: { readonly signature: SignatureMaterial; readonly place: string }[] = [];
  readonly #problems: KeyringProblem[];
  #place = '';
  #current: Certificate | undefined;
  /** Where the next signature belongs; undefined: to something that is not read. */
  #signatures: SignatureMaterial[] | undefined;
  #isAtStart = true;

  constructor(problems: KeyringProblem[]) {
    this.#problems = problems;
  }

  /** What follows has no connection with what came before. */
  beginBlock(place: string): void {
    this.#place = place;
    this.#current = undefined;
    this.#signatures = undefined;
    this.#isAtStart = true;
  }

  async add({ tag, body, offset }: Packet): Promise<void> {
    if (IGNORED.has(tag)) return;
    if (tag === PACKET_TAGS.signature) {
      this.#addSignature(body, offset);
      return;
    }
    this.#isAtStart = false;
    this.#signatures = undefined;
    switch (tag) {
      case PACKET_TAGS.publicKey:
        await this.#addPrimary(body, offset);
        return;
      case PACKET_TAGS.publicSubkey:
        await this.#addSubkey(body);
        return;
      case PACKET_TAGS.userId:
        this.#addUser(body);
        return;
      case PACKET_TAGS.userAttribute:
        // A photo: nothing is compared with it.
        return;
      default:
        this.#current = undefined;
        this.#complain(offset, `a packet of type ${tag} does not belong into a public key`);
    }
  }

  /** Every certificate, with loose revocations added to the keys that they name. */
  finish(): readonly Certificate[] {
    const certificates = [...this.#certificates.values()];
    for (const { signature, place } of this.#loose) {
      const issuers = certificates.filter(({ primary }) => primary.keyId === signature.issuerKeyId);
      for (const { signatures } of issuers) signatures.push(signature);
      if (issuers.length > 0) continue;
      const message = `the revocation certificate is for the key ${signature.issuerKeyId}, which is not in this keyring`;
      this.#problems.push({ place, message });
    }
    return certificates;
  }

  async #addPrimary(body: Uint8Array, offset: number): Promise<void> {
    this.#current = undefined;
    const read = await readKeyMaterial(PACKET_TAGS.publicKey, body);
    if (read.status === 'unreadable') {
      this.#complain(offset, `the key cannot be read: ${read.reason}`);
      return;
    }
    const { fingerprint } = read.value;
    const certificate = this.#certificates.get(fingerprint) ?? {
      primary: read.value,
      place: this.#place,
      signatures: [],
      users: new Map(),
      subkeys: new Map(),
    };
    this.#certificates.set(fingerprint, certificate);
    this.#current = certificate;
    this.#signatures = certificate.signatures;
  }

  /** A subkey that cannot be read is left out: most are for encryption, on curves that no signature needs. */
  async #addSubkey(body: Uint8Array): Promise<void> {
    const read = await readKeyMaterial(PACKET_TAGS.publicSubkey, body);
    if (this.#current === undefined || read.status === 'unreadable') return;
    const { subkeys } = this.#current;
    const part = subkeys.get(read.value.fingerprint) ?? { subject: read.value, signatures: [] };
    subkeys.set(read.value.fingerprint, part);
    this.#signatures = part.signatures;
  }

  #addUser(body: Uint8Array): void {
    if (this.#current === undefined) return;
    const { users } = this.#current;
    const name = Buffer.from(body).toString('hex');
    const part = users.get(name) ?? { subject: body, signatures: [] };
    users.set(name, part);
    this.#signatures = part.signatures;
  }

  #addSignature(body: Uint8Array, offset: number): void {
    const read = readSignatureMaterial(body);
    if (read.status === 'unreadable') {
      // Certifications by others may be of any age and are not read; a revocation must not be overlooked.
      if (REVOCATIONS.has(body[1] ?? 0)) {
        this.#complain(offset, `a revocation cannot be read: ${read.reason}`);
      }
      return;
    }
    if (this.#isAtStart && read.value.type === SIGNATURE_TYPES.keyRevocation) {
      this.#loose.push({ signature: read.value, place: this.#place });
      return;
    }
    // Wherever they stand, these are about the primary key: a revocation at the end of a file must not be overlooked.
    const isAboutPrimary =
      read.value.type === SIGNATURE_TYPES.keyRevocation ||
      read.value.type === SIGNATURE_TYPES.directKey;
    const target = isAboutPrimary ? this.#current?.signatures : this.#signatures;
    target?.push(read.value);
  }

  #complain(offset: number, message: string): void {
    this.#problems.push({
      place: this.#place,
      message: `at byte ${offset} of the block, ${message}`,
    });
  }
}
