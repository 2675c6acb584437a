/** From keyrings to the verifier of OpenPGP signatures. */
import { z } from 'zod';
import { parseYaml } from '../base/parse-yaml.ts';
import type { KeyValidity } from '../signature/key-validity.ts';
import { importArgocdKeys } from '../signature/openpgp/import-argocd-keys.ts';
import { importKeyring } from '../signature/openpgp/import-keyring.ts';
import type { ImportedKeyring, Keyring } from '../signature/openpgp/keyring.ts';
import { OPENPGP_LIMITS } from '../signature/openpgp/settings.ts';
import { verifyOpenpgpSignature } from '../signature/openpgp/verify-openpgp-signature.ts';
import type { SignatureVerifier } from '../signature/verify-object.ts';
import { readTrustFile, refuseProblems } from './read-trust-file.ts';

/** Paths of files. */
export interface OpenpgpFiles {
  /** Armored public keys. */
  readonly keyring?: string | undefined;
  /** The manifest of Argo CD's ConfigMap `argocd-gpg-keys-cm`. */
  readonly argocdKeys?: string | undefined;
  /** Armored public keys of a forge. */
  readonly forgeKeyring?: string | undefined;
  readonly keyValidity: KeyValidity;
  readonly committerMatch: boolean;
}

const BYTES_MAX = OPENPGP_LIMITS['signature.openpgp.keyringBytesMax'].default;

const configMapSchema = z.object({
  kind: z.literal('ConfigMap'),
  data: z.record(z.string(), z.string()).default({}),
});

/**
 * Undefined where no keyring is given.
 *
 * @throws HoldfastError `input_unreadable`, `trust_file_invalid`
 */
export async function bindOpenpgpVerifier(
  files: OpenpgpFiles,
): Promise<SignatureVerifier | undefined> {
  const own = await readNamed(files.keyring, importKeyring);
  const argocd = await readNamed(files.argocdKeys, importConfigMap);
  const forgeKeyring = await readNamed(files.forgeKeyring, importKeyring);
  if (own === undefined && argocd === undefined && forgeKeyring === undefined) return undefined;
  const { keyValidity, committerMatch } = files;
  const keyring = { keys: [...(own?.keys ?? []), ...(argocd?.keys ?? [])] };
  const trust = { keyring, forgeKeyring, keyValidity, committerMatch };
  return (content) => verifyOpenpgpSignature({ ...content, trust });
}

async function readNamed(
  file: string | undefined,
  importText: (text: string) => Promise<ImportedKeyring>,
): Promise<Keyring | undefined> {
  return file === undefined ? undefined : await readKeyring(file, importText);
}

/** @throws HoldfastError `input_unreadable`, `trust_file_invalid` */
export async function readKeyring(
  file: string,
  importText: (text: string) => Promise<ImportedKeyring>,
): Promise<Keyring> {
  const text = (await readTrustFile(file, BYTES_MAX)).toString('utf8');
  const { keyring, problems } = await importText(text);
  refuseProblems(file, problems);
  return keyring;
}

/** The keys of the manifest of a ConfigMap. */
export async function importConfigMap(text: string): Promise<ImportedKeyring> {
  const yaml = parseYaml(text, { dialect: 'kubernetes', aliasesMax: 0 });
  const [document, ...others] = yaml.ok ? yaml.documents : [];
  const configMap = configMapSchema.safeParse(document?.value);
  if (configMap.success && others.length === 0) return importArgocdKeys(configMap.data.data);
  const message =
    'this is no ConfigMap: write it with "kubectl get configmap argocd-gpg-keys-cm -o yaml"';
  return { keyring: { keys: [] }, problems: [{ place: '', message }] };
}
