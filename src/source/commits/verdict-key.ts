/** What a verdict about a commit depends on. */
export interface VerdictKey {
  /** In normal form. */
  readonly repository: string;
  /** The rule that judges: several paths of a repository share it. */
  readonly rule: string;
  /** What the application follows: history is judged against it. */
  readonly tracked: string;
  readonly objectId: string;
  /** Whose credentials fetch it: no tenant learns of a commit that only another one may read. */
  readonly scope: string;
  /** Of the rules and of every key: a change of either asks again. */
  readonly trustHash: string;
}

/** A control character separates the parts: no URL, path, ref or id contains one. */
export function formatVerdictKey(key: VerdictKey): string {
  const { repository, rule, tracked, objectId, scope, trustHash } = key;
  return [trustHash, scope, objectId, repository, tracked, rule].join('\u0000');
}
