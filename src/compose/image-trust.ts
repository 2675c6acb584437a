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
import type {
  AuthoritySettings,
  ImageRule,
  TrustedRootSettings,
  TufSettings,
} from '../signature/image-trust/settings.ts';
import { importTrustedRoot } from '../signature/sigstore/import-trusted-root.ts';
import type { AcceptedIdentity, SubjectMatch } from '../signature/sigstore/match-identity.ts';
import type { TrustedRoot } from '../signature/sigstore/sigstore-library.ts';

type ImagesSettings = Configuration['images'];

const ROOT_BYTES_MAX = CMS_LIMITS['signature.cms.trustedRootBytesMax'].default;

export interface ImageTrust {
  /** Of the settings and of every file: what was verified with another one is verified again. */
  readonly hash: string;
  readonly ruleFor: (rule: ImageRule) => RuleTrust;
}

/** Whom a rule trusts. */
export interface RuleTrust {
  /** By the authorities that are there. Several keys of one authority have its name. */
  readonly verified: VerifiedRule;
  /** Why authorities of the rule are not there: what is not verified by the others is not rejected. */
  readonly missing: string | undefined;
}

interface Absent {
  readonly status: 'absent';
  /** Why, when it is asked: one sentence without a period, for people. */
  readonly reason: () => string;
}

export type TufReading =
  | { readonly status: 'held'; readonly text: string }
  | Absent
  /** The first root cannot be used. */
  | { readonly status: 'refused'; readonly reason: string };

/** The trusted root of a TUF repository, as it was read last. Never waits for the mirror. */
export type ReadTufRoot = (
  name: string,
  settings: TufSettings,
  /** The bytes of `rootFile`. */
  root: string,
) => Promise<TufReading>;

/** All files that `loadImageTrust` reads. */
export function listImageTrustFiles({
  authorities,
  trustedRoots,
}: ImagesSettings): readonly string[] {
  return [
    ...trustedRoots.flatMap(({ file, tuf }) => [file, tuf?.rootFile].filter(isFile)),
    ...authorities.flatMap(({ keyFiles }) => keyFiles),
  ];
}

function isFile(file: string | undefined): file is string {
  return file !== undefined;
}

/**
 * Reads every file of the settings, and what TUF repositories have given.
 *
 * @throws HoldfastError `trust_file_invalid` with the file and the reason. Nothing is used in part: an authority without one of its
 *   keys would refuse what it has signed.
 */
export async function loadImageTrust(
  settings: ImagesSettings,
  readTuf: ReadTufRoot,
): Promise<ImageTrust> {
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
  const roots = new Map<string, RootReading>();
  for (const root of trustedRoots) {
    const reading = await readRoot(root, { read, readTuf });
    roots.set(root.name, reading);
    hash.update(reading.status === 'read' ? reading.text : 'absent');
  }
  const authorities = new Map<string, AuthorityReading>();
  for (const authority of described) {
    authorities.set(authority.name, await readAuthority(authority, { roots, read }));
  }
  return { hash: hash.digest('hex'), ruleFor: (rule) => bindRule(rule, authorities) };
}

type AuthorityReading =
  { readonly status: 'read'; readonly named: readonly NamedAuthority[] } | Absent;

function bindRule(rule: ImageRule, authorities: ReadonlyMap<string, AuthorityReading>): RuleTrust {
  let missing: string | undefined;
  const find = (names: readonly string[]): readonly NamedAuthority[] =>
    names.flatMap((name) => {
      const reading = authorities.get(name);
      if (reading?.status === 'absent') missing = reading.reason();
      return reading?.status === 'read' ? reading.named : [];
    });
  const verified = {
    authorities: find(rule.authorities),
    required: rule.authoritiesMin,
    attestations: rule.attestations.map((wanted) => ({
      name: wanted.name,
      predicateType: wanted.predicateType,
      authorities: find(wanted.authorities),
      builder: toMatch(wanted.builder),
      sourceRepository: toMatch(wanted.sourceRepository),
    })),
  };
  return { verified, missing };
}

type ReadFile = (file: string, bytesMax: number) => Promise<string>;

type RootReading =
  { readonly status: 'read'; readonly root: TrustedRoot; readonly text: string } | Absent;

interface Sources {
  readonly roots: ReadonlyMap<string, RootReading>;
  readonly read: ReadFile;
}

async function readRoot(
  { name, file, tuf }: TrustedRootSettings,
  { read, readTuf }: { readonly read: ReadFile; readonly readTuf: ReadTufRoot },
): Promise<RootReading> {
  if (file !== undefined) return importRoot(file, await read(file, ROOT_BYTES_MAX));
  if (tuf === undefined) throw invalid(`The trusted root "${name}" has no source`);
  const { rootFile } = tuf;
  const reading = await readTuf(name, tuf, await read(rootFile, ROOT_BYTES_MAX));
  switch (reading.status) {
    case 'held':
      return importRoot(`The trusted root "${name}" of ${tuf.mirror}`, reading.text);
    case 'absent':
      return reading;
    case 'refused':
      throw invalid(`${rootFile} is no root of a TUF repository: ${reading.reason}`);
  }
}

function importRoot(place: string, text: string): RootReading {
  const reading = importTrustedRoot(text);
  if (reading.status === 'read') return { status: 'read', root: reading.root, text };
  throw invalid(`${place}: ${reading.problems.join('; ')}`);
}

async function readAuthority(
  { name, keyFiles, identities, trustedRoot }: AuthoritySettings,
  { roots, read }: Sources,
): Promise<AuthorityReading> {
  const reading = trustedRoot === undefined ? undefined : roots.get(trustedRoot);
  const named: NamedAuthority[] = [];
  for (const file of keyFiles) {
    const text = await read(file, COSIGN_LIMITS['signature.cosign.keyBytesMax'].default);
    const key = importPublicKey(text);
    if (key.status !== 'read') throw invalid(`${file}: ${key.problem}`);
    const root = reading?.status === 'read' ? reading.root : undefined;
    named.push({ name, authority: { kind: 'key', key: key.value, root } });
  }
  // A key whose log is not known must not count without it.
  if (reading?.status === 'absent') return reading;
  if (reading !== undefined && identities.length > 0) {
    const { root } = reading;
    const accepted = identities.map(toIdentity);
    named.push({ name, authority: { kind: 'certificate', root, identities: accepted } });
  }
  return { status: 'read', named };
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
