/** Whether somebody is notified of each use of a break-glass grant, as far as the configuration can promise it. */
import { DEFAULT_RULES } from './default-rules.ts';
import type { AlertsConfiguration, IncidentRule } from './settings.ts';

/**
 * True only where every use makes an incident for a target. A rule whose further conditions some uses meet decides for
 * those: if it ignores them, nothing is promised.
 */
export function alertsOfEveryGrant({
  targets,
  rules,
  defaultRules,
}: Pick<AlertsConfiguration, 'targets' | 'rules' | 'defaultRules'>): boolean {
  if (targets.length === 0) return false;
  for (const rule of [...rules, ...(defaultRules ? DEFAULT_RULES : [])]) {
    if (rule.match.grant === false || !mayBeAllowed(rule)) continue;
    if (rule.ignore) return false;
    if (meetsEveryUse(rule)) return true;
  }
  return false;
}

// A use is an allowed request, whatever else the policies found.
function mayBeAllowed({ match: { decisions } }: IncidentRule): boolean {
  return decisions?.some((decision) => decision !== 'denied') ?? true;
}

function meetsEveryUse({ match }: IncidentRule): boolean {
  const isAllowed = match.decisions?.includes('allowed') ?? true;
  const others = Object.entries(match).filter(([name]) => name !== 'grant' && name !== 'decisions');
  return isAllowed && others.every(([, condition]) => condition === undefined);
}
