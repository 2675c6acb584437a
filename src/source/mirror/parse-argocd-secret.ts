/**
 * Parses the Secrets of Argo CD that describe a repository or a template of credentials. Source: argo-cd
 * docs/operator-manual/declarative-setup.md, util/db/repository_secrets.go.
 */
import type { CredentialReading } from './credential.ts';
import { parseAuthentication } from './parse-authentication.ts';
import type { SecretData } from '../../kubernetes/secret-data.ts';

export interface ArgocdCredential {
  /** `template` counts for every repository below its URL. */
  readonly kind: 'repository' | 'template';
  /** As written in the Secret. */
  readonly url: string;
  /** The AppProject that alone may use it; absent: all. */
  readonly project?: string | undefined;
  /** Whether it says how to authenticate; a repository without takes a template. */
  readonly authenticates: boolean;
  readonly reading: CredentialReading;
}

/** The label of Argo CD's Secrets. */
export const ARGOCD_SECRET_LABEL = 'argocd.argoproj.io/secret-type';

/** Values that weaken the check of the server or need a way that we do not have, each with what to do instead. */
const REFUSED: readonly (readonly [key: string, remedy: string])[] = [
  ['insecure', 'add the certificate of the server to argocd-tls-certs-cm'],
  ['insecureIgnoreHostKey', 'add the key of the host to argocd-ssh-known-hosts-cm'],
  ['proxy', 'configure a credential in mirrors.credentials, and a way without a proxy'],
  ['gcpServiceAccountKey', 'configure a credential in mirrors.credentials'],
  ['useAzureWorkloadIdentity', 'configure a credential in mirrors.credentials'],
];

/** `undefined` for a Secret that describes no Git repository. */
export function parseArgocdSecret(secret: SecretData): ArgocdCredential | undefined {
  const kind = kindOf(secret.labels[ARGOCD_SECRET_LABEL]);
  const url = secret.text('url');
  const type = secret.text('type') ?? 'git';
  if (kind === undefined || url === undefined || type !== 'git') return undefined;
  const parsed = parseAuthentication({
    username: secret.text('username'),
    password: secret.text('password'),
    token: secret.text('bearerToken'),
    sshPrivateKey: secret.text('sshPrivateKey'),
    githubAppId: secret.text('githubAppID'),
    githubInstallationId: secret.text('githubAppInstallationID'),
    githubPrivateKey: secret.text('githubAppPrivateKey'),
    githubApiUrl: secret.text('githubAppEnterpriseBaseUrl'),
  });
  const authenticates =
    !parsed.ok || parsed.authentication.kind !== 'none' || hasCertificate(secret);
  const project = secret.text('project');
  return { kind, url, project, authenticates, reading: readingOf(secret, parsed) };
}

function kindOf(label: string | undefined): ArgocdCredential['kind'] | undefined {
  if (label === 'repository') return 'repository';
  return label === 'repo-creds' ? 'template' : undefined;
}

function hasCertificate(secret: SecretData): boolean {
  return secret.text('tlsClientCertData') !== undefined;
}

function readingOf(
  secret: SecretData,
  parsed: ReturnType<typeof parseAuthentication>,
): CredentialReading {
  const origin = `${secret.namespace}/${secret.name}`;
  const refused = REFUSED.find(([key]) => !isOff(secret.text(key)));
  if (refused !== undefined) {
    const [key, remedy] = refused;
    return { ok: false, reason: `The Secret ${origin} sets "${key}": ${remedy}` };
  }
  if (!parsed.ok) return { ok: false, reason: `The Secret ${origin} ${parsed.reason}` };
  const certificate = secret.text('tlsClientCertData');
  const key = secret.text('tlsClientCertKey');
  const { authentication } = parsed;
  return certificate === undefined || key === undefined
    ? { ok: true, credential: { authentication, origin } }
    : {
        ok: true,
        credential: { authentication, origin, clientCertificate: { certificate, key } },
      };
}

function isOff(value: string | undefined): boolean {
  return value === undefined || value === 'false';
}
