/**
 * What is known of the build of an image by an attestation that counts, and whether it is what is wanted.
 *
 * The certificate tells what the OpenID Connect issuer knows of the workflow that signed; the predicate tells what the signer has
 * written. So the certificate counts more, and a predicate that says something else is refused.
 */
import type { Certificate } from '../cms/parse-certificate.ts';
import { matchSubject, type SubjectMatch } from '../sigstore/match-identity.ts';
import { parseFulcioBuild } from '../sigstore/parse-fulcio-identity.ts';
import { rejected, type Rejected } from '../verification.ts';
import { formatQuoted } from './format-quoted.ts';
import type { WantedAttestation } from './image-rule.ts';
import type { Claim } from './parse-claim.ts';
import {
  parseProvenance,
  readCommitId,
  type NormalizeRepository,
  type Provenance,
} from './parse-provenance.ts';

/** Absent: nobody says so, or not in one way. */
export interface BuildFacts {
  /** The workflow that the certificate names, else the builder that the predicate names. */
  readonly builder?: string | undefined;
  /** In its normal form, for example `https://github.com/example/shop`. */
  readonly sourceRepository?: string | undefined;
  /** An id in lower-case hexadecimal. */
  readonly sourceCommit?: string | undefined;
  /** Why a part of the source is absent although something is said of it: several are named, or it cannot be read. */
  readonly sourceProblem?: 'several' | 'unreadable' | undefined;
}

export interface BuildRequest {
  readonly claim: Pick<
    Extract<Claim, { readonly kind: 'attestation' }>,
    'predicateType' | 'predicate'
  >;
  /** That has signed; absent: a key has. */
  readonly certificate: Pick<Certificate, 'extensions'> | undefined;
  readonly wanted: Pick<WantedAttestation, 'builder' | 'sourceRepository'>;
}

/** Never throws. */
export function decideBuild(
  { claim, certificate, wanted }: BuildRequest,
  normalize: NormalizeRepository,
): BuildFacts | Rejected {
  const certified = certificate === undefined ? {} : parseFulcioBuild(certificate);
  if (certified === undefined) {
    return rejected(
      'certificate_invalid',
      'What the certificate says of the build cannot be read as text',
    );
  }
  const provenance = parseProvenance(claim, normalize);
  const isAsked = wanted.builder !== undefined || wanted.sourceRepository !== undefined;
  // Where nothing is asked of the predicate, it may be of any form.
  if (provenance?.status === 'rejected' && isAsked) return provenance;
  const stated = provenance?.status === 'parsed' ? provenance.value : NOTHING_STATED;
  const source = decideSource(certified, stated, normalize);
  if ('code' in source) return source;
  const facts = { builder: certified.buildSigner ?? stated.builder, ...source };
  return findUnwanted(facts, wanted, normalize) ?? facts;
}

const NOTHING_STATED: Provenance = { sources: [], hasUnreadableSource: false };

type SourceFacts = Omit<BuildFacts, 'builder'>;

function decideSource(
  certified: {
    readonly sourceRepository?: string | undefined;
    readonly sourceDigest?: string | undefined;
  },
  stated: Provenance,
  normalize: NormalizeRepository,
): SourceFacts | Rejected {
  const { sourceRepository: url, sourceDigest } = certified;
  if (url === undefined && sourceDigest === undefined) return readStated(stated);
  const repository = url === undefined ? undefined : normalize(url);
  // The predicate does not fill in what the certificate says in a form that nobody can compare.
  if (repository === undefined) return { sourceProblem: 'unreadable' };
  const commit = readCommitId(sourceDigest ?? '');
  const contradiction = findContradiction({ repository, commit }, stated);
  if (contradiction !== undefined) return contradiction;
  const facts = { sourceRepository: repository, sourceCommit: commit };
  return sourceDigest !== undefined && commit === undefined
    ? { ...facts, sourceProblem: 'unreadable' }
    : facts;
}

function readStated({ sources, hasUnreadableSource }: Provenance): SourceFacts {
  if (hasUnreadableSource) return { sourceProblem: 'unreadable' };
  const [only, ...others] = sources;
  if (only === undefined) return {};
  if (others.length > 0) return { sourceProblem: 'several' };
  const { repository: sourceRepository, commits } = only;
  const [sourceCommit, ...more] = commits;
  return more.length > 0
    ? { sourceRepository, sourceProblem: 'several' }
    : { sourceRepository, sourceCommit };
}

/** A predicate that names dependencies beside the source of the certificate does not contradict it. */
function findContradiction(
  certified: { readonly repository: string; readonly commit: string | undefined },
  { sources }: Provenance,
): Rejected | undefined {
  const { repository, commit } = certified;
  const [first] = sources;
  if (first === undefined) return undefined;
  const same = sources.find((source) => source.repository === repository);
  if (same === undefined) return contradicted(repository, first.repository);
  const { commits } = same;
  if (commit === undefined || commits.length === 0 || commits.includes(commit)) return undefined;
  return contradicted(`${repository} at ${commit}`, `the commit ${commits.join(', ')}`);
}

function contradicted(certified: string, stated: string): Rejected {
  return rejected(
    'source_contradicted',
    `The certificate is for a build of ${formatQuoted(certified)}, and the predicate names ${formatQuoted(stated)}`,
  );
}

function findUnwanted(
  facts: BuildFacts,
  wanted: BuildRequest['wanted'],
  normalize: NormalizeRepository,
): Rejected | undefined {
  return (
    findOtherBuilder(facts.builder, wanted.builder) ??
    findOtherSource(facts, wanted.sourceRepository, normalize)
  );
}

function findOtherBuilder(
  builder: string | undefined,
  wanted: SubjectMatch | undefined,
): Rejected | undefined {
  if (wanted === undefined) return undefined;
  if (builder === undefined) {
    return rejected('builder_not_accepted', `It names no builder, and not "${wanted.value}"`);
  }
  if (matchSubject(builder, wanted)) return undefined;
  const found = formatQuoted(builder);
  return rejected(
    'builder_not_accepted',
    `It was built by "${found}", and not by "${wanted.value}"`,
  );
}

function findOtherSource(
  { sourceRepository, sourceProblem }: BuildFacts,
  wanted: SubjectMatch | undefined,
  normalize: NormalizeRepository,
): Rejected | undefined {
  if (wanted === undefined) return undefined;
  if (sourceRepository !== undefined) {
    if (matchRepository(sourceRepository, wanted, normalize)) return undefined;
    const found = `It was built from "${formatQuoted(sourceRepository)}"`;
    return rejected('source_not_accepted', `${found}, and not from "${wanted.value}"`);
  }
  if (sourceProblem === 'several') {
    return rejected(
      'source_ambiguous',
      'It names several repositories, and not which of them is the source',
    );
  }
  const what =
    sourceProblem === undefined
      ? 'no source repository'
      : 'a source repository that cannot be read';
  return rejected('source_not_accepted', `It names ${what}, and not "${wanted.value}"`);
}

/** A repository has many spellings; a pattern is for the normal one. */
function matchRepository(
  repository: string,
  wanted: SubjectMatch,
  normalize: NormalizeRepository,
): boolean {
  return wanted.kind === 'exact'
    ? normalize(wanted.value) === repository
    : matchSubject(repository, wanted);
}
