/** `holdfast verify commit`: whether a commit of a local repository is signed by somebody who is trusted. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { Verification } from '../../signature/verification.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { formatCommitReport, formatCommitReportJson } from './format-commit-report.ts';

/** Ends with `failed` if the signature does not count, with `unavailable` if that could not be found out. */
export const verifyCommitCommand: CommandDefinition = {
  name: 'verify commit',
  summary: 'Say whether a commit is signed by somebody you trust',
  description:
    'Reads the commit with git from a repository on this machine, computes its id again, and verifies its signature with the\n' +
    'files you give: git and its configuration have no part in the verdict. Prints each step with its time.',
  arguments: [
    { name: 'PATH', summary: 'the repository: a work tree or a bare one', required: true },
    { name: 'REV', summary: 'the commit: any name that git takes', required: true },
  ],
  options: [
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
      summary: 'for gitsign: the subject as a pattern; * is any text without a slash, ** any text',
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
    { name: 'tag', summary: 'verify the annotated tag that REV names, not its commit' },
    {
      name: 'output',
      value: 'FORMAT',
      summary: 'how the result is printed',
      choices: ['text', 'json'],
      default: 'text',
    },
  ],
  examples: [
    {
      line: 'verify commit . HEAD --allowed-signers allowed_signers',
      note: 'the commit that is checked out',
    },
    {
      line: 'verify commit --tag . v1.4.0 --allowed-signers allowed_signers --output json',
      note: 'a tag, for a script',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const { bindVerifiers } = await import('../../compose/bind-verifiers.ts');
  const { verifyCommit } = await import('../../compose/verify-commit.ts');
  const [repository = '', revision = ''] = input.arguments;
  const pathOf = (name: string): string | undefined => {
    const file = input.text(name);
    return file === undefined ? undefined : resolve(context.workingDirectory, file);
  };
  const verifiers = await bindVerifiers({
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
  const report = await verifyCommit({
    repository: resolve(context.workingDirectory, repository),
    revision,
    kind: input.flag('tag') ? 'tag' : 'commit',
    verifiers,
    searchPath: context.environment['PATH'],
    clock: systemClock,
  });
  const isJson = input.text('output') === 'json';
  context.print(isJson ? formatCommitReportJson(report) : formatCommitReport(report));
  return EXIT_STATUS[report.verification.status];
}

const EXIT_STATUS: Readonly<Record<Verification['status'], ExitStatus>> = {
  verified: 'ok',
  rejected: 'failed',
  unavailable: 'unavailable',
};
