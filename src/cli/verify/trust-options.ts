/** The options of `holdfast verify` that say whose signatures count. */
import { resolve } from 'node:path';
import type { SignatureVerifiers } from '../../signature/verify-object.ts';
import type { CommandContext, CommandInput, OptionDefinition } from '../command.ts';

/** For every command that verifies. */
export const trustOptions: readonly OptionDefinition[] = [
  {
    name: 'allowed-signers',
    value: 'FILE',
    summary: 'who may sign with which SSH key, in the format of ssh-keygen',
  },
  {
    name: 'revoked-keys',
    value: 'FILE',
    summary: 'SSH keys that count no longer: a list of keys, or a KRL of ssh-keygen -k',
  },
  {
    name: 'keyring',
    value: 'FILE',
    summary: 'OpenPGP keys that may sign, as gpg --export --armor writes them',
  },
  {
    name: 'argocd-keys',
    value: 'FILE',
    summary: 'the same from Argo CD: the manifest of its ConfigMap argocd-gpg-keys-cm',
  },
  {
    name: 'forge-keyring',
    value: 'FILE',
    summary: 'OpenPGP keys of a forge, which sign what people do in its web interface',
  },
  {
    name: 'trusted-root',
    value: 'FILE',
    summary: 'for gitsign: the trusted_root.json of an instance of sigstore',
  },
  {
    name: 'issuer',
    value: 'URL',
    summary: 'for gitsign: the OpenID Connect issuer that certificates must name',
  },
  {
    name: 'identity',
    value: 'SUBJECT',
    summary: 'for gitsign: the subject that certificates must name, as a whole',
  },
  {
    name: 'identity-pattern',
    value: 'PATTERN',
    summary: 'for gitsign: the subject as a pattern; * is any text without / and @, ** any text',
  },
  {
    name: 'ca-bundle',
    value: 'FILE',
    summary: 'certificates (PEM) of authorities whose people may sign with S/MIME',
  },
  {
    name: 'revocation-lists',
    value: 'FILE',
    summary: 'lists of certificates (PEM) that these authorities have revoked',
  },
  {
    name: 'key-validity',
    value: 'WHEN',
    summary:
      'when keys must be valid: now and when the commit says it was made, or at-signing alone',
    choices: ['now', 'at-signing'],
    default: 'now',
  },
  {
    name: 'committer-match',
    summary: "refuse signatures of people whose address is not the committer's",
  },
];

/** Reads the files that the options name; throws as `bindVerifiers` does. */
export async function readTrust(
  context: CommandContext,
  input: CommandInput,
): Promise<SignatureVerifiers> {
  const { bindVerifiers } = await import('../../compose/bind-verifiers.ts');
  const pathOf = (name: string): string | undefined => {
    const file = input.text(name);
    return file === undefined ? undefined : resolve(context.workingDirectory, file);
  };
  return await bindVerifiers({
    allowedSigners: pathOf('allowed-signers'),
    revokedKeys: pathOf('revoked-keys'),
    keyring: pathOf('keyring'),
    argocdKeys: pathOf('argocd-keys'),
    forgeKeyring: pathOf('forge-keyring'),
    trustedRoot: pathOf('trusted-root'),
    issuer: input.text('issuer'),
    identity: input.text('identity'),
    identityPattern: input.text('identity-pattern'),
    caBundle: pathOf('ca-bundle'),
    revocationLists: pathOf('revocation-lists'),
    keyValidity: input.text('key-validity') === 'at-signing' ? 'atSigning' : 'now',
    committerMatch: input.flag('committer-match'),
  });
}
