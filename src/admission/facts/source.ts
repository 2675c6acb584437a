/** Where in Git the object's application is, what its controller does at the moment, and who signed what it deploys. */
import type { RecordedCommit, RecordedManifest, RecordedSource } from '../../audit/audit-record.ts';
import type { CommitContent, CommitFact } from '../../source/commits/commit-fact.ts';
import type { SourceManifestFact } from '../../source/manifest/manifest-fact.ts';
import type { SourceFact } from '../../source/parse-application.ts';
import { defineFact } from './fact.ts';

/** `null` if no application is known. */
export const sourceFact = defineFact('source', {
  needs: ['actor', 'object'],
  gather: ({ request, sources, deadlineAtMs }, { actor, object }) =>
    sources.findSource(object, actor, { request, deadlineAtMs }),
  record: (source) =>
    source === null
      ? {}
      : {
          source: recordSource(source),
          ...(source.initiatedBy && { initiatedBy: source.initiatedBy }),
        },
});

function recordSource(fact: SourceFact): RecordedSource {
  const { repository, revision, path, inlineManifests, operation, keptForMs } = fact;
  const { commits, manifest } = fact;
  return {
    repository,
    revision,
    path,
    inlineManifests,
    ...(operation !== undefined && { operation }),
    ...(keptForMs !== undefined && { keptForMs }),
    ...(commits !== undefined && { commits: commits.map(recordCommit) }),
    ...(manifest !== undefined && { manifest: recordManifest(manifest) }),
  };
}

function recordManifest({ status, paths, reason, objectId }: SourceManifestFact): RecordedManifest {
  return {
    status,
    paths,
    ...(reason !== undefined && { reason }),
    ...(objectId !== undefined && { objectId }),
  };
}

/** The reason is left out: the denial repeats it, and its code stays. */
function recordCommit(commit: CommitFact): RecordedCommit {
  const { status, repository } = commit;
  switch (commit.status) {
    case 'verified':
      return {
        status,
        repository,
        rule: commit.rule,
        ...recordContent(commit.content),
        signers: commit.signers,
      };
    case 'rejected': {
      const { rule, code, objectId, content } = commit;
      const known = content === undefined ? { objectId } : recordContent(content);
      return {
        status,
        repository,
        ...known,
        ...(rule !== undefined && { rule }),
        code,
        signers: [],
      };
    }
    case 'unavailable': {
      const { rule } = commit;
      return { status, repository, ...(rule !== undefined && { rule }), signers: [] };
    }
    case 'unjudged':
      return { status, repository, signers: [] };
  }
}

function recordContent({
  objectId,
  author,
}: CommitContent): Pick<RecordedCommit, 'objectId' | 'author'> {
  return { objectId, author: `${author.name} <${author.email}>` };
}
