/** Binary key revocation lists. Source: OpenSSH PROTOCOL.krl. */
import { SIGNATURE_LIMITS } from '../settings.ts';
import { fingerprintOf } from './parse-public-key.ts';
import type { RevokedCertificates, RevokedKeys, SerialBitmap } from './revoked-keys.ts';
import { refuseFile, type TrustFile } from './trust-file.ts';
import { WireReader } from './wire-reader.ts';

const MAGIC = Buffer.from('SSHKRL\n\0');
const VERSION = 1;
const ENTRIES_MAX = SIGNATURE_LIMITS['signature.ssh.revocationsMax'].default;
/** Behind the version of the format: version of the list, time of its making, flags; reserved, comment. */
const HEADER_NUMBERS = 3;
const HEADER_STRINGS = 2;
// "Fingerprints": lengths of the hashes in bytes.
const SHA1_LENGTH = 20;
const SHA256_LENGTH = 32;

const SECTION = { certificates: 1, keys: 2, sha1: 3, signature: 4, sha256: 5, extension: 255 };
const CERTIFICATE_SECTION = {
  serials: 0x20,
  range: 0x21,
  bitmap: 0x22,
  keyIds: 0x23,
  extension: 0x39,
};

/** Whether the file is a KRL rather than text. */
export function isKrl(bytes: Uint8Array): boolean {
  return MAGIC.equals(bytes.subarray(0, MAGIC.length));
}

/** Reads the whole list, or says what is wrong. */
export function parseKrl(bytes: Uint8Array): TrustFile<RevokedKeys> {
  const list = new KrlReader();
  list.read(new WireReader(bytes));
  const { fault } = list;
  if (fault === undefined) return { status: 'read', value: list.revoked };
  return refuseFile({
    problem: `the KRL cannot be read: ${fault}`,
    remedy: 'make it again with ssh-keygen -k',
  });
}

class KrlReader {
  readonly #fingerprints = new Set<string>();
  readonly #sha1 = new Set<string>();
  readonly #certificates: RevokedCertificates[] = [];
  #entries = 0;
  #fault: string | undefined;

  get revoked(): RevokedKeys {
    const [fingerprints, sha1] = [this.#fingerprints, this.#sha1];
    return { fingerprints, sha1, certificates: this.#certificates };
  }

  get fault(): string | undefined {
    return this.#fault;
  }

  read(reader: WireReader): void {
    reader.bytes(MAGIC.length);
    const version = reader.uint32();
    if (version !== VERSION) this.#refuse(`it has version ${version}, not ${VERSION}`);
    for (let field = 0; field < HEADER_NUMBERS; field += 1) reader.uint64();
    for (let field = 0; field < HEADER_STRINGS; field += 1) reader.string();
    while (reader.hasMore && this.#fault === undefined) {
      const kind = reader.byte();
      const content = new WireReader(reader.string());
      if (reader.hasFailed || !this.#count()) break;
      this.#readSection(kind, content);
      this.#finish(content);
    }
    this.#finish(reader);
  }

  #readSection(kind: number, content: WireReader): void {
    switch (kind) {
      case SECTION.certificates:
        return this.#readCertificates(content);
      case SECTION.keys:
        return this.#each(content, () => this.#fingerprints.add(fingerprintOf(content.string())));
      case SECTION.sha1:
        return this.#each(content, () => this.#sha1.add(this.#hash(content, SHA1_LENGTH, 'hex')));
      case SECTION.sha256:
        return this.#each(content, () => {
          const hash = this.#hash(content, SHA256_LENGTH, 'base64');
          this.#fingerprints.add(`SHA256:${hash.replace(/=+$/u, '')}`);
        });
      case SECTION.extension:
        return this.#skipExtension(content);
      default:
        // Signatures on the list too: OpenSSH no longer reads them, and nobody says whose would count.
        return this.#refuse(`sections of the kind ${kind} are not supported`);
    }
  }

  #readCertificates(content: WireReader): void {
    const authority = content.string();
    content.string();
    const ranges: (readonly [bigint, bigint])[] = [];
    const bitmaps: SerialBitmap[] = [];
    const keyIds = new Set<string>();
    while (content.hasMore && this.#fault === undefined) {
      const kind = content.byte();
      const part = new WireReader(content.string());
      if (content.hasFailed || !this.#count()) return;
      this.#readCertificatePart(kind, part, { ranges, bitmaps, keyIds });
      this.#finish(part);
    }
    this.#certificates.push({
      authority: authority.length === 0 ? undefined : fingerprintOf(authority),
      ranges,
      bitmaps,
      keyIds,
    });
  }

  #readCertificatePart(
    kind: number,
    part: WireReader,
    into: {
      readonly ranges: (readonly [bigint, bigint])[];
      readonly bitmaps: SerialBitmap[];
      readonly keyIds: Set<string>;
    },
  ): void {
    switch (kind) {
      case CERTIFICATE_SECTION.serials:
        return this.#each(part, () => {
          const serial = part.uint64();
          into.ranges.push([serial, serial]);
        });
      case CERTIFICATE_SECTION.range:
        return this.#each(part, () => {
          const [first, last] = [part.uint64(), part.uint64()];
          if (first > last) part.fail();
          into.ranges.push([first, last]);
        });
      case CERTIFICATE_SECTION.bitmap:
        return this.#each(part, () =>
          into.bitmaps.push({ offset: part.uint64(), bits: part.mpint() }),
        );
      case CERTIFICATE_SECTION.keyIds:
        return this.#each(part, () => into.keyIds.add(part.text()));
      case CERTIFICATE_SECTION.extension:
        return this.#skipExtension(part);
      default:
        return this.#refuse(`certificate sections of the kind ${kind} are not supported`);
    }
  }

  /** What an unknown extension revokes is lost; one that is critical says that this must not happen. */
  #skipExtension(content: WireReader): void {
    const name = content.text();
    const isCritical = content.byte() !== 0;
    content.string();
    if (isCritical) this.#refuse(`its critical extension "${name}" is not supported`);
  }

  #hash(content: WireReader, length: number, encoding: 'hex' | 'base64'): string {
    const hash = content.string();
    if (hash.length !== length) content.fail();
    return hash.toString(encoding);
  }

  #each(content: WireReader, readOne: () => unknown): void {
    while (content.hasMore && this.#count()) readOne();
  }

  /** Counts what takes memory, empty sections too; whether there is room for it. */
  #count(): boolean {
    this.#entries += 1;
    if (this.#entries > ENTRIES_MAX) this.#refuse(`it has more than ${ENTRIES_MAX} entries`);
    return this.#entries <= ENTRIES_MAX;
  }

  #finish(reader: WireReader): void {
    if (!reader.isWhole) this.#refuse('its fields are not those of PROTOCOL.krl');
  }

  #refuse(fault: string): void {
    this.#fault ??= fault;
  }
}
