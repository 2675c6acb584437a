/** What a server is shown to let us in, and by what we recognize it. Values of secrets: never logged. */

/** How we authenticate. */
export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | {
      readonly kind: 'ssh';
      /** A private key that ssh reads, without a passphrase. */
      readonly privateKey: string;
    }
  | {
      readonly kind: 'github-app';
      readonly appId: string;
      readonly installationId: string;
      /** PEM. */
      readonly privateKey: string;
      readonly apiUrl: string;
    };

export interface Credential {
  readonly authentication: Authentication;
  /** Lines of known_hosts; without them no ssh server is trusted. */
  readonly knownHosts?: string | undefined;
  /** PEM. Absent: the authorities of the system. */
  readonly authorities?: string | undefined;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string } | undefined;
  /**
   * Where it comes from, and no part of it: `argocd/repo-shop`. Mirrors are kept apart by it, so that one tenant cannot
   * read what was fetched with the credential of another.
   */
  readonly origin: string;
}

/** For public repositories. */
export const NO_CREDENTIAL: Credential = {
  authentication: { kind: 'none' },
  origin: 'anonymous',
};

export type CredentialReading =
  | { readonly ok: true; readonly credential: Credential }
  /** Names the place and the remedy, and no part of a secret. */
  | {
      readonly ok: false;
      readonly reason: string;
      /** The API server does not let this process read Secrets. */
      readonly isForbidden?: true | undefined;
    };
