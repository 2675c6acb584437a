/** What is told of a commit whose object id was computed again. */
import type { GitCommit } from '../signature/git/parse-object.ts';
import type { CommitContent } from '../source/commits/commit-fact.ts';

/** Everything but what it changes, for which its parents are read. */
export function describeCommit({
  id,
  author,
  committer,
  parents,
  trailers,
}: GitCommit): CommitContent {
  return {
    objectId: id,
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
    committedAt: new Date(committer.atMs).toISOString(),
    parents,
    signOffs: trailers
      .filter(({ key }) => key.toLowerCase() === 'signed-off-by')
      .map(({ value }) => value),
  };
}
