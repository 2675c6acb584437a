/** A source of an application whose commit is verified. */
import type { JudgedSources } from '../../src/compose/bind-manifests.ts';
import type { OwnedSource } from '../../src/compose/describe-application.ts';
import type { RevisionClaimant } from '../../src/source/revision-hint.ts';

export interface VerifiedSourceOptions {
  readonly repository: string;
  readonly path: string;
  readonly objectId: string;
  readonly claimedBy: RevisionClaimant;
  /** @default the project "default" of Argo CD */
  readonly access?: OwnedSource['access'];
}

/** The one source of an application, and what was found out about its commit. */
export function sampleVerifiedSource({
  repository,
  path,
  objectId,
  claimedBy,
  access = { tool: 'argocd', project: 'default' },
}: VerifiedSourceOptions): Pick<JudgedSources, 'sources' | 'commits'> {
  const person = { name: 'A', email: 'a@example.com' };
  const hints = [{ claimedObjectId: objectId, claimedBy }];
  return {
    sources: [
      {
        source: { kind: 'commit', repository, tracked: 'main', path, role: 'source', hints },
        access,
      },
    ],
    commits: [
      {
        status: 'verified',
        repository,
        path,
        rule: 'platform',
        signers: [],
        content: {
          objectId,
          author: person,
          committer: person,
          committedAt: '2026-01-01T00:00:00.000Z',
          parents: [],
          signOffs: [],
        },
      },
    ],
  };
}
