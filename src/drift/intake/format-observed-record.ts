/** The record of what another program has seen. */
import type { AuditRecord, ObservedCode } from '../../audit/audit-record.ts';
import { UNASKED } from '../../audit/unasked-record.ts';
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';
import type { DriftOrigin } from '../format-drift-record.ts';
import type { ObservedFinding } from './observed-finding.ts';

/** More than any user has who is not made up, */
const GROUPS_MAX = 32;
/** more proxies than there are, */
const ADDRESSES_MAX = 16;
/** and longer than a name of Kubernetes: a record must not grow with what a client sends. */
const TEXT_CHARS_MAX = 1024;
const CHANGED_SHOWN_MAX = 3;

/** Nobody has asked, so that nothing is refused. Texts are cut: whoever sends requests chooses them. */
export function formatObservedRecord(finding: ObservedFinding, origin: DriftOrigin): AuditRecord {
  const { code, user, operation, object, managedBy, observed } = finding;
  const { addresses, ...others } = observed;
  return {
    ...UNASKED,
    ...origin,
    finding: true,
    operation,
    ...(user !== undefined && {
      user: {
        username: cut(user.username),
        groups: user.groups.slice(0, GROUPS_MAX).map(cut),
        extra: {},
      },
    }),
    object: { ...object, name: cut(object.name), namespace: cut(object.namespace) },
    ...(managedBy !== undefined && { managedBy }),
    observed: {
      ...others,
      id: cut(observed.id),
      ...(addresses !== undefined && { addresses: addresses.slice(-ADDRESSES_MAX).map(cut) }),
      ...(observed.impersonated !== undefined && { impersonated: cut(observed.impersonated) }),
      ...(observed.userAgent !== undefined && { userAgent: cut(observed.userAgent) }),
      ...(observed.rule !== undefined && { rule: cut(observed.rule) }),
      ...(observed.output !== undefined && { output: cut(observed.output) }),
      ...(observed.revision !== undefined && { revision: cut(observed.revision) }),
      ...(observed.changed !== undefined && { changed: observed.changed.map(cut) }),
    },
    code,
    message: `${formatEvent(finding)}\n${REMEDIES[code]}`,
  };
}

function cut(text: string): string {
  return text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}…` : text;
}

function formatEvent(finding: ObservedFinding): string {
  const { code, object, observed } = finding;
  const who = formatUser(finding);
  const what = `${observed.verb ?? 'write'} of ${formatObject(object)}`;
  switch (code) {
    case 'write_unjudged':
    case 'writer_unjudged': {
      const owner = formatOwner(finding) || ', which may be managed';
      return `The API server asked Holdfast nothing about the ${what}${owner}, by ${who}.`;
    }
    case 'admission_failed_open': {
      const webhooks = (observed.failedOpen ?? []).join(', ');
      return `The API server got no answer from ${webhooks}, and let the ${what} by ${who} pass.`;
    }
    case 'admission_configuration_changed':
      return `Admission was changed: ${what}, by ${who}.`;
    case 'writer_impersonated':
    case 'user_impersonated':
      return `${who} asked for the ${what}.`;
    case 'writer_token_minted':
    case 'token_minted':
      return `A token of the account ${formatPlace(object)} was made for ${who}.`;
    case 'runtime_attack':
    case 'runtime_suspicion':
      return `Falco: ${cut(observed.rule ?? '')} (${observed.priority ?? ''}), ${formatObject(object)}${formatOwner(finding)}.`;
    case 'application_sync_failed':
    case 'application_degraded':
    case 'application_out_of_sync':
      return `Argo CD says of the application ${formatPlace(object)}: ${cut(observed.output ?? '')}.`;
    case 'terraform_drift_found':
      return `Others have changed what the Terraform workspace ${cut(object.name)} manages: ${formatChanged(observed)}.`;
    case 'rbac_escalated':
      return `The ${what} by ${who} gives everything, or the right to take it.`;
  }
}

function formatOwner({ managedBy }: ObservedFinding): string {
  return managedBy === undefined ? '' : ` of "${managedBy.app}" (${managedBy.tool})`;
}

function formatChanged({ changed = [], unlisted = 0 }: ObservedFinding['observed']): string {
  const shown = changed.slice(0, CHANGED_SHOWN_MAX).map(cut);
  const rest = changed.length - shown.length + unlisted;
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`;
}

function formatUser({ user, observed }: ObservedFinding): string {
  const name =
    user === undefined || user.username === '' ? 'a user without a name' : cut(user.username);
  const other = observed.impersonated;
  const acting = other === undefined ? '' : ` in the name of ${cut(other)}`;
  const address = observed.addresses?.at(-1);
  return `${name}${acting}${address === undefined ? '' : ` from ${cut(address)}`}`;
}

function formatObject(object: ObservedFinding['object']): string {
  const subresource = object.subresource === '' ? '' : `/${object.subresource}`;
  return `${formatResource(object)}${subresource} ${cut(formatPlace(object))}`.trimEnd();
}

const REMEDIES: Readonly<Record<ObservedCode, string>> = {
  write_unjudged:
    'Sync the application to revert it, and find out with holdfast doctor why Holdfast was not asked.',
  writer_unjudged: 'Find out with holdfast doctor why Holdfast is not asked.',
  admission_failed_open:
    'Look at the replicas of Holdfast, and at what was written meanwhile: nothing was judged.',
  admission_configuration_changed:
    'If this was not planned, restore it: no webhook is asked about webhooks and admission policies.',
  writer_impersonated:
    'If this was not planned, take the right to impersonate from that user, and look at what was written.',
  user_impersonated:
    'If this is routine, name the user in intake.audit.expectedUsers; else take the right to impersonate from it.',
  writer_token_minted:
    'Delete the account, its controller’s pods or the bound object: a token of a GitOps controller is no longer its own.',
  token_minted:
    'If this is routine, name the user in intake.audit.expectedUsers; else find out what the token was used for.',
  runtime_attack: 'Look at the pod and its node; delete the pod once what it did is kept.',
  runtime_suspicion: 'Find out who was in the container, and what for.',
  application_sync_failed: 'Look at the operation with argocd app get.',
  application_degraded: 'Look at the resources with argocd app get.',
  application_out_of_sync: 'Sync the application, or look at what differs with argocd app diff.',
  terraform_drift_found:
    'Look at the plan with holdfast drift terraform; apply it to revert, or change the configuration.',
  rbac_escalated: 'If this was not planned, delete it, and look at what its subjects have done.',
};
