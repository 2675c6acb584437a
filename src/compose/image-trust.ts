/** Whom the configuration trusts to sign images: its files of keys and trusted roots, read and checked as a whole. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { readBounded } from '../base/read-bounded.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';
import type { ImageRule as VerifiedRule, NamedAuthority } from '../signature/cosign/image-rule.ts';
import { importPublicKey } from '../signature/cosign/import-public-key.ts';
import { COSIGN_LIMITS } from '../signature/cosign/settings.ts';
import type { AuthoritySettings, ImageRule } from '../signature/image-trust/settings.ts';
import { importTrustedRoot } from '../signature/sigstore/import-trusted-root.ts';
import type { AcceptedIdentity, SubjectMatch } from '../signature/sigstore/match-identity.ts';
import type { TrustedRoot } from '../signature/sigstore/sigstore-library.ts';

type ImagesSettings = Configuration['images'];

export interface ImageTrust {
  /** Of the settings and of every file: what was verified with another one is verified again. */
  readonly hash: string;
  /** Several keys of one authority have its name. */
  readonly ruleFor: (rule: ImageRule) => VerifiedRule;
}

/** All files that `loadImageTrust` reads. */
export function listImageTrustFiles({
  authorities,
  trustedRoots,
}: ImagesSettings): readonly string[] {
  return [
    ...trustedRoots.map(({ file }) => file),
    ...authorities.flatMap(({ keyFiles }) => keyFiles),
  ];
}

/**
 * Reads every file of the settings.
 *
 * @throws HoldfastError `trust_file_invalid` with the file and the reason. Nothing is used in part: an authority without one of its
 *   keys would refuse what it has signed.
 */
export async function loadImageTrust(settings: ImagesSettings): Promise<ImageTrust> {
  const { rules, authorities: described, trustedRoots, registries } = settings;
  const hash = createHash('sha256').update(
    canonicalJson({ rules, described, trustedRoots, registries }),
  );
  const read = async (file: string, bytesMax: number): Promise<string> => {
    const content = await readBounded(file, bytesMax);
    if (!content.ok) throw invalid(`"${file}" cannot be read: ${content.reason}`);
    hash.update(content.bytes);
    return Buffer.from(content.bytes).toString('utf8');
  };
  const roots = new Map<string, TrustedRoot>();
  for (const { name, file } of trustedRoots) roots.set(name, await readRoot(file, read));
  const authorities = new Map<string, readonly NamedAuthority[]>();
  for (const authority of described) {
    authorities.set(authority.name, await readAuthority(authority, { roots, read }));
  }
  const find = (names: readonly string[]): readonly NamedAuthority[] =>
    names.flatMap((name) => authorities.get(name) ?? []);
  return {
    hash: hash.digest('hex'),
    ruleFor: (rule) => ({
      authorities: find(rule.authorities),
      required: rule.authoritiesMin,
      attestations: rule.attestations.map((wanted) => ({
        name: wanted.name,
        predicateType: wanted.predicateType,
        authorities: find(wanted.authorities),
        builder: toMatch(wanted.builder),
        sourceRepository: toMatch(wanted.sourceRepository),
      })),
    }),
  };
}

type ReadFile = (file: string, bytesMax: number) => Promise<string>;

interface Sources {
  readonly roots: ReadonlyMap<string, TrustedRoot>;
  readonly read: ReadFile;
}

async function readRoot(file: string, read: ReadFile): Promise<TrustedRoot> {
  const text = await read(file, CMS_LIMITS['signature.cms.trustedRootBytesMax'].default);
  const reading = importTrustedRoot(text);
  if (reading.status === 'read') return reading.root;
  throw invalid(`${file}: ${reading.problems.join('; ')}`);
}

async function readAuthority(
  { name, keyFiles, identities, trustedRoot }: AuthoritySettings,
  { roots, read }: Sources,
): Promise<readonly NamedAuthority[]> {
  const root = trustedRoot === undefined ? undefined : roots.get(trustedRoot);
  if (root !== undefined && identities.length > 0) {
    return [
      { name, authority: { kind: 'certificate', root, identities: identities.map(toIdentity) } },
    ];
  }
  const authorities: NamedAuthority[] = [];
  for (const file of keyFiles) {
    const text = await read(file, COSIGN_LIMITS['signature.cosign.keyBytesMax'].default);
    const reading = importPublicKey(text);
    if (reading.status !== 'read') throw invalid(`${file}: ${reading.problem}`);
    authorities.push({ name, authority: { kind: 'key', key: reading.value, root } });
  }
  return authorities;
}

function toIdentity({
  issuer,
  subject,
}: AuthoritySettings['identities'][number]): AcceptedIdentity {
  return { issuer, subject: matchOf(subject) };
}

function toMatch(text: string | undefined): SubjectMatch | undefined {
  return text === undefined ? undefined : matchOf(text);
}

function matchOf(value: string): SubjectMatch {
  return { kind: value.includes('*') ? 'pattern' : 'exact', value };
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('trust_file_invalid', message);
}
