/** Judges the object of one case as the webhook judges a request: by the same selection, facts and engine. */
import { evaluate } from '../../../admission/evaluate.ts';
import type { FactSources } from '../../../admission/facts/fact-sources.ts';
import { gather } from '../../../admission/gather.ts';
import { addMs, systemClock } from '../../../base/clock.ts';
import type { AdmissionRequest, Operation } from '../../../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { PolicyDescriptor } from '../../../policy/descriptor.ts';
import { planInventory } from '../../../policy/gatekeeper/plan-inventory.ts';
import type { PolicyOutcome } from '../../../policy/outcome.ts';
import { splitKind, type ReviewedRequest } from './parse-reviewed-object.ts';
import type { RunningTemplate } from './template-engines.ts';

export interface JudgedCase {
  readonly engine: RunningTemplate['engine'];
  readonly policy: PolicyDescriptor;
  readonly request: ReviewedRequest;
  readonly inventory: readonly KubernetesObject[];
}

/** The messages of all violations, without the constraint's name; or why there is no verdict. */
export type CaseVerdict =
  | { readonly ok: true; readonly messages: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Nobody waits for a suite as an API server does; what never ends is ended all the same. */
const DEADLINE_MS = 20_000;
const OPERATIONS: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];
const NOT_ASKED = {
  status: 'unavailable',
  code: 'fact_unavailable',
  reason: 'a suite does not say it',
} as const;

/** An evaluation that fails is a violation, as in Gatekeeper; a result that is none is not. */
export async function judgeCase({
  engine,
  policy,
  request,
  inventory,
}: JudgedCase): Promise<CaseVerdict> {
  const deadlineAtMs = addMs(systemClock.monotonicMs(), DEADLINE_MS);
  const gathered = await gather(requestOf(request, inventory), {
    sources: sourcesOf(inventory),
    cluster: { name: '', frozen: false },
    matchPolicies: () => [policy],
    deadlineAtMs,
    alwaysNeeded: [],
  });
  // Gatekeeper's command gives templates no namespace, although it matches by its labels.
  const facts = { ...gathered.facts, namespace: null };
  const [judged] = await evaluate(
    { ...gathered, facts },
    {
      engine,
      requestJson: new TextEncoder().encode(JSON.stringify(request)),
      cause: { username: '', namespace: '', resource: '' },
      parameters: { [policy.name]: policy.parameters },
      deadlineAtMs,
    },
  );
  return judged === undefined ? { ok: true, messages: [] } : toVerdict(judged.outcome, policy);
}

function toVerdict(outcome: PolicyOutcome, { constraint }: PolicyDescriptor): CaseVerdict {
  if (outcome.status === 'evaluated') {
    const prefix = `[${constraint?.name}] `;
    return { ok: true, messages: outcome.deny.map(({ message }) => message.slice(prefix.length)) };
  }
  const { code, reason } = outcome;
  return code === 'policy_result_invalid'
    ? { ok: false, problem: reason }
    : { ok: true, messages: [reason] };
}

/** What is matched; the policies get the JSON. A namespace counts as known where the inventory has it. */
function requestOf(
  { operation, namespace, object, oldObject }: ReviewedRequest,
  inventory: readonly KubernetesObject[],
): AdmissionRequest {
  const { group, version, kind } = splitKind(object ?? oldObject ?? {});
  const isKnown = namespace !== undefined && findNamespace(inventory, namespace) !== undefined;
  return {
    uid: '',
    kind: { group, version, kind },
    resource: { group, version, resource: '' },
    operation: OPERATIONS.find((known) => known === operation) ?? 'CREATE',
    userInfo: { username: '' },
    object,
    oldObject,
    ...(isKnown && { namespace }),
  };
}

function sourcesOf(inventory: readonly KubernetesObject[]): FactSources {
  const proof = { grade: 'none', sufficient: true, reason: 'a suite proves nobody' } as const;
  const actor = { class: 'other', username: '', groups: [], proof } as const;
  return {
    classifyActor: () => actor,
    proveActor: () => ({ status: 'known', value: actor }),
    describeObject: () => NOT_ASKED,
    describeImages: () => NOT_ASKED,
    describePlaintext: () => NOT_ASKED,
    describeDeletions: () => NOT_ASKED,
    describeRollback: () => NOT_ASKED,
    describeFreezes: () => NOT_ASKED,
    diffChange: () => ({ semantic: true, paths: [], protectedKeys: [], truncated: false }),
    findSource: () => NOT_ASKED,
    readNamespace: ({ namespace = '' }) => {
      const found = findNamespace(inventory, namespace);
      return found === undefined ? NO_NAMESPACE : { status: 'known', value: found };
    },
    readInventory: () => ({ status: 'known', value: planInventory(inventory) }),
  };
}

const NO_NAMESPACE = {
  ...NOT_ASKED,
  reason:
    'namespace selector for namespace-scoped object but missing Namespace: name its file in the inventory of the case',
} as const;

function findNamespace(
  inventory: readonly KubernetesObject[],
  name: string,
): KubernetesObject | undefined {
  return inventory.findLast(
    ({ apiVersion, kind, metadata }) =>
      apiVersion === 'v1' && kind === 'Namespace' && metadata?.name === name,
  );
}
