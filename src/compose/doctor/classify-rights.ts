/** Whether the account of Holdfast may read what the configuration makes it read. */
import type { Finding } from './finding.ts';

/** One question to the API server. Source: authorization.k8s.io/v1, SubjectAccessReview. */
export interface Right {
  readonly verb: 'get' | 'list' | 'watch';
  readonly group: string;
  readonly resource: string;
  /** Absent: in every namespace. */
  readonly namespace?: string | undefined;
}

export interface AnsweredRight extends Right {
  readonly isAllowed: boolean;
}

/** One finding for all that is missing. */
export function classifyRights(
  account: string,
  rights: readonly AnsweredRight[],
): readonly Finding[] {
  const missing = rights.filter(({ isAllowed }) => !isAllowed);
  if (missing.length === 0) {
    const message = `${account} may read what the configuration asks for`;
    return [{ code: 'rights_complete', status: 'ok', message }];
  }
  const shown = missing.map(formatRight).join(', ');
  return [
    {
      code: 'rights_missing',
      status: 'failed',
      message: `${account} may not ${shown}: requests that depend on it are refused as unavailable`,
      remedy: 'Apply the roles of deploy/base, and bind them to this account',
    },
  ];
}

function formatRight({ verb, group, resource, namespace }: Right): string {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return `${verb} ${group === '' ? resource : `${resource}.${group}`}${where}`;
}
