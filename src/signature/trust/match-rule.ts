/** Which rule judges the commits of a repository. */
import { matchesPattern } from '../../base/match-pattern.ts';
import type { CommitRule } from './settings.ts';

/** What an application deploys. */
export interface DeployedPath {
  /** In normal form, so that no other spelling of a URL escapes its rule. */
  readonly repository: string;
  /** Relative to the root of the repository; empty for the root. */
  readonly path: string;
}

/** The first that names repository and path; `undefined` if no rule does. */
export function matchRule(
  { repository, path }: DeployedPath,
  rules: readonly CommitRule[],
): CommitRule | undefined {
  return rules.find(
    ({ repositories, paths }) =>
      repositories.some((pattern) => matchesPattern(repository, pattern)) &&
      paths.some((pattern) => matchesPattern(path, pattern)),
  );
}
