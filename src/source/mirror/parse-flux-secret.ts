/** Parses the Secret that a Flux source names. Source: source-controller GitRepository "Secret reference". */
import type { CredentialReading } from './credential.ts';
import { parseAuthentication } from './parse-authentication.ts';
import type { SecretData } from '../../kubernetes/secret-data.ts';

/** For ssh the password is the passphrase of the key. */
export function parseFluxSecret(
  secret: SecretData,
  protocol: 'https' | 'http' | 'ssh' | 'file',
): CredentialReading {
  const origin = `${secret.namespace}/${secret.name}`;
  const parsed = parseAuthentication(
    protocol === 'ssh'
      ? { sshPrivateKey: secret.text('identity'), sshPassphrase: secret.text('password') }
      : {
          username: secret.text('username'),
          password: secret.text('password'),
          token: secret.text('bearerToken'),
          githubAppId: secret.text('githubAppID'),
          githubInstallationId: secret.text('githubAppInstallationID'),
          githubPrivateKey: secret.text('githubAppPrivateKey'),
          githubApiUrl: secret.text('githubAppBaseURL'),
        },
  );
  if (!parsed.ok) return { ok: false, reason: `The Secret ${origin} ${parsed.reason}` };
  const authorities = secret.text('ca.crt') ?? secret.text('caFile');
  const certificate = secret.text('tls.crt') ?? secret.text('certFile');
  const key = secret.text('tls.key') ?? secret.text('keyFile');
  const knownHosts = secret.text('known_hosts');
  return {
    ok: true,
    credential: {
      authentication: parsed.authentication,
      origin,
      ...(authorities !== undefined && { authorities }),
      ...(knownHosts !== undefined && { knownHosts }),
      ...(certificate !== undefined &&
        key !== undefined && { clientCertificate: { certificate, key } }),
    },
  };
}
