/** What must stand beside an image, and who must have signed it. */
import type { SubjectMatch, AcceptedIdentity } from '../sigstore/match-identity.ts';
import type { TrustedRoot } from '../sigstore/sigstore-library.ts';
import type { ImportedKey } from './import-public-key.ts';

export interface ImageRule {
  readonly authorities: readonly NamedAuthority[];
  /** How many distinct authorities must have signed; 0: no signature is asked for. */
  readonly required: number;
  /** Each of them must be there. */
  readonly attestations: readonly WantedAttestation[];
}

/** One of those whose signatures count. */
export type ImageAuthority =
  | {
      readonly kind: 'key';
      readonly key: ImportedKey;
      /** Where it is given, the log must have the signature. */
      readonly root?: TrustedRoot | undefined;
    }
  | {
      readonly kind: 'certificate';
      readonly root: TrustedRoot;
      /** Any of them. */
      readonly identities: readonly AcceptedIdentity[];
    };

/** An authority by its name in the report. */
export interface NamedAuthority {
  readonly name: string;
  readonly authority: ImageAuthority;
}

export interface WantedAttestation {
  /** In the report. */
  readonly name: string;
  /** Exactly this one, for example `https://slsa.dev/provenance/v1`. */
  readonly predicateType: string;
  /** Any of them. */
  readonly authorities: readonly NamedAuthority[];
  /** Who has built the image. */
  readonly builder?: SubjectMatch | undefined;
  /** The repository that it was built from; a pattern is for the normal form, for example `https://github.com/example/*`. */
  readonly sourceRepository?: SubjectMatch | undefined;
}
