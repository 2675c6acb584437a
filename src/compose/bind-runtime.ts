/** Builds the runtime of the request path from a configuration and running parts. */
import type { FactSources, Gathered } from '../admission/facts/fact-sources.ts';
import type { BreakGlass, PolicyEngine } from '../admission/ports.ts';
import type { AdmissionRuntime } from '../admission/runtime.ts';
import { alertsOfEveryGrant } from '../alerting/classify-grant-alerts.ts';
import { hashConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/schema.ts';
import type { FreezeSources } from '../freeze/freeze-fact.ts';
import type { ActorFact } from '../identity/actor.ts';
import { createActorClassifier } from '../identity/classify-actor.ts';
import { listOperators } from '../identity/presets/list-operators.ts';
import { readCustomImages } from '../image/custom-images.ts';
import type { CustomImages } from '../image/find-images.ts';
import { describeImages } from '../image/images-fact.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { pluralOf } from '../kubernetes/client/format-api-path.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { ChangeHider } from '../ownership/change.ts';
import { systemClock } from '../base/clock.ts';
import { DeletionCounts } from '../ownership/deletions/deletion-counts.ts';
import { describeDeletions } from '../ownership/deletions/deletions-fact.ts';
import { findApplication } from '../ownership/find-application.ts';
import { createObjectDescriber } from '../ownership/describe-object.ts';
import { createChangeDiffer } from '../ownership/diff-change.ts';
import { GITOPS_MANAGERS } from '../ownership/parse-field-owners.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import { describePlaintext } from '../plaintext/plaintext-fact.ts';
import { createMatchIndex, type MatchAttributes } from '../policy/match-index.ts';
import {
  createSourceFinder,
  type JudgeCommits,
  type ReadApplicationObject,
} from '../source/find-source.ts';
import { argocdMarks } from './argocd-marks.ts';
import { bindCredentials, type CredentialReader } from './bind-credentials.ts';
import { bindParameters } from './bind-parameters.ts';
import { bindFreezeFacts, canFreeze } from './bind-freezes.ts';
import { judgesImages } from './bind-images.ts';
import { bindSettings } from './bind-settings.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { judgeWithoutRegistry } from './judge-without-registry.ts';
import type { JudgeImages } from './running-images.ts';
import { installationNamespaces } from './installation-namespaces.ts';

export interface RuntimeDependencies {
  readonly engine: PolicyEngine;
  readonly lookup: ClusterLookup;
  /** Absent: without a cluster, a writer's pod is accepted as claimed by the review. */
  readonly proveActor?: FactSources['proveActor'];
  /** Absent: nothing is known of the credentials of platform identities, nodes and operators. */
  readonly readCredential?: CredentialReader;
  /** Absent where the configuration judges no commits. */
  readonly judgeCommits?: JudgeCommits | undefined;
  /** Absent where the configuration judges no images. */
  readonly judgeImages?: JudgeImages | undefined;
  /** @default parses each Application again */
  readonly readApplication?: ReadApplicationObject | undefined;
  /** Absent if there are no approvers of grants. */
  readonly breakGlass?: BreakGlass;
  /** Those of the process. @default counts of this runtime alone */
  readonly deletions?: DeletionCounts | undefined;
  /** Absent where versions are not noted. */
  readonly describeRollback?: FactSources['describeRollback'] | undefined;
  /** Absent: nothing is frozen. */
  readonly freezes?: FreezeSources | undefined;
  /** Absent: policies that read namespaces or the inventory are unavailable. */
  readonly clusterObjects?: ClusterObjects | undefined;
  /** Absent where records do not keep what the policies were given. */
  readonly recordInput?: AdmissionRuntime['recordInput'];
  /** Replaces values that must not leave the process. @default one word for those of Secrets */
  readonly hider?: ChangeHider;
}

/** Binds once per configuration and per bundle. */
export function bindRuntime(
  configuration: Configuration,
  parts: RuntimeDependencies,
): AdmissionRuntime {
  const { engine } = parts;
  const { cluster, limits, audit } = configuration;
  const descriptors = configurePolicies(engine.descriptors, configuration);
  const index = createMatchIndex(descriptors);
  const parameters = remakeOnChange(parts.lookup.argocdSettings, (live) =>
    bindParameters(descriptors, configuration, live),
  );
  const settings = bindSettings(configuration, parameters);
  return {
    decodeLimits: limits,
    engine,
    breakGlass: parts.breakGlass,
    alertsOfGrants: alertsOfEveryGrant(configuration.alerts),
    sources: bindSources(configuration, parts),
    cluster,
    configurationHash: hashConfiguration(configuration),
    messageCharsMax: limits.messageCharsMax,
    settings,
    recorded: audit.record,
    recordInput: parts.recordInput,
    recordFailure: audit.recordFailure,
    matchPolicies: (route, request, actor) =>
      index.matchPolicies(matchedAttributes(request, actor)).filter(
        (policy) =>
          (route === 'validate' || policy.rules.includes('patch')) &&
          // Without labels: what may be on by them is.
          settings.settingOf(policy, { namespace: request.namespace }).mode !== 'off',
      ),
  };
}

/** What the policies of a bundle match with a configuration, without those that it leaves nothing to judge. */
export function configurePolicies(
  policies: readonly PolicyDescriptor[],
  configuration: Configuration,
): readonly PolicyDescriptor[] {
  const custom = readCustomImages(configuration.images.resources);
  const isJudged = judgesImages(configuration.images);
  return policies
    .filter(({ match }) => match.judgedImagesOnly !== true || isJudged)
    .filter(({ facts }) => !facts.includes('freeze') || canFreeze(configuration))
    .map((descriptor) => withCustomImages(configured(descriptor, configuration), custom));
}

// What the configuration says of a policy replaces its own where it is read: in the descriptor.
function configured(descriptor: PolicyDescriptor, configuration: Configuration): PolicyDescriptor {
  const deadlineMs = configuration.policies.settings[descriptor.name]?.deadlineMs;
  return {
    ...descriptor,
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(descriptor.match.installationsOnly === true && {
      match: { ...descriptor.match, namespaces: installationNamespaces(configuration) },
    }),
  };
}

/** A policy about images judges every resource that has some. */
function withCustomImages(
  descriptor: PolicyDescriptor,
  custom: readonly CustomImages[],
): PolicyDescriptor {
  const { groups, resources } = descriptor.match;
  const readsImages = [...descriptor.facts, ...descriptor.optionalFacts].includes('images');
  if (!readsImages || custom.length === 0) return descriptor;
  const match = {
    ...descriptor.match,
    ...(groups && { groups: [...groups, ...custom.map(({ group }) => group)] }),
    ...(resources && { resources: [...resources, ...custom.map(({ resource }) => resource)] }),
  };
  return { ...descriptor, match };
}

/** What of a request a match reads. */
export function matchedAttributes(request: AdmissionRequest, actor: ActorFact): MatchAttributes {
  return {
    operation: request.operation,
    group: request.resource.group,
    resource: request.resource.resource,
    kind: request.kind.kind,
    subResource: request.subResource ?? '',
    namespace: request.namespace ?? '',
    actorClass: actor.class,
  };
}

function bindSources(
  configuration: Configuration,
  {
    lookup,
    proveActor,
    readCredential,
    judgeCommits,
    readApplication,
    judgeImages = judgeOffline(configuration.images),
    hider,
    deletions = new DeletionCounts(systemClock),
    describeRollback = noRollback,
    freezes,
    clusterObjects = NO_CLUSTER_OBJECTS,
  }: RuntimeDependencies,
): FactSources {
  const { identity, ownership } = configuration;
  const custom = readCustomImages(configuration.images.resources);
  const classifyActor = createActorClassifier({
    writers: identity.writers,
    operators: listOperators(identity),
  });
  const withCredential = readCredential ?? bindCredentials({ settings: identity.credentials });
  const findSource = createSourceFinder({
    lookupObject: lookup.lookupObject,
    lookupFresh: lookup.lookupFresh,
    argocdNamespace: ownership.argocd.namespace,
    isLive: proveActor !== undefined,
    findApplication,
    judgeCommits,
    readApplication,
  });
  const readers = bindMarkReaders(configuration, lookup, hider);
  return {
    classifyActor: (request) => withCredential(request, classifyActor(request.userInfo)),
    proveActor: proveActor ?? believeActor,
    describeObject: (request, actor, deadlineAtMs) =>
      readers().describeObject(request, actor, deadlineAtMs),
    describeImages: bindImageFacts(custom, judgeImages),
    describePlaintext: bindPlaintext(lookup, proveActor !== undefined),
    describeDeletions: bindDeletions(lookup, deletions),
    describeRollback,
    describeFreezes: bindFreezeFacts(freezes, { clock: systemClock, describeRollback }),
    diffChange: (request) => readers().diffChange(request),
    ...clusterObjects,
    findSource,
  };
}

/** What reads marks, created again when `argocd-cm` changes at run time. */
function bindMarkReaders(
  configuration: Configuration,
  lookup: ClusterLookup,
  hider: RuntimeDependencies['hider'],
) {
  const { ownership, limits } = configuration;
  const { argocd, gitopsOnlyNamespaces, exemptNamespaces, selectors } = ownership;
  return remakeOnChange(lookup.argocdSettings, (live) => {
    const marks = argocdMarks(argocd, live);
    return {
      describeObject: createObjectDescriber({
        marks: { ...ownership, argocd: marks },
        selectors,
        gitopsOnlyNamespaces,
        exemptNamespaces,
        installationNamespaces: installationNamespaces(configuration),
        lookups: lookup,
        pluralOf,
      }),
      diffChange: createChangeDiffer({
        pathsMax: limits.changedPathsMax,
        textCharsMax: limits.changedTextCharsMax,
        nodesMax: limits.changedValuesMax,
        fieldNodesMax: limits.fieldNodesMax,
        gitopsManagers: [...GITOPS_MANAGERS, ...ownership.fieldManagers],
        hider,
        ...(marks.trackingMethod !== 'annotation' && { instanceLabelKey: marks.instanceLabelKey }),
      }),
    };
  });
}

function bindImageFacts(
  custom: readonly CustomImages[],
  judgeImages: JudgeImages | undefined,
): FactSources['describeImages'] {
  return (request, deadlineAtMs) => {
    const images = describeImages(request, custom);
    const judged = judgeImages?.(images, { request, deadlineAtMs }) ?? images;
    return judged instanceof Promise
      ? judged.then((value) => ({ status: 'known', value }))
      : { status: 'known', value: judged };
  };
}

function bindPlaintext(
  { lookupObject }: ClusterLookup,
  isLive: boolean,
): FactSources['describePlaintext'] {
  return (request, object, deadlineAtMs) => {
    // What a writer applies comes from the application whose mark it sets.
    const application = findApplication(object.movesTo ?? object);
    const found = describePlaintext(request, { application, lookupObject, deadlineAtMs, isLive });
    return found instanceof Promise
      ? found.then((value) => ({ status: 'known', value }))
      : { status: 'known', value: found };
  };
}

function bindDeletions(
  { lookupObject }: ClusterLookup,
  counts: DeletionCounts,
): FactSources['describeDeletions'] {
  return (request, object, deadlineAtMs) =>
    describeDeletions(request, object, { counts, lookupObject, deadlineAtMs });
}

/** Without a process that asks registries, rules of images are not passed over in silence. */
function judgeOffline(images: Configuration['images']): JudgeImages | undefined {
  return judgesImages(images) ? judgeWithoutRegistry(images) : undefined;
}

const NO_CLUSTER = {
  status: 'unavailable',
  code: 'fact_unavailable',
  reason: 'no cluster is connected that has the objects',
} as const;
const NO_CLUSTER_OBJECTS: ClusterObjects = {
  readNamespace: () => NO_CLUSTER,
  readInventory: () => NO_CLUSTER,
};

function noRollback(): Gathered<null> {
  return { status: 'known', value: null };
}

function believeActor(_request: AdmissionRequest, actor: ActorFact): Gathered<ActorFact> {
  return { status: 'known', value: actor };
}

/** Memoizes by the last input: the same value gives the same object. */
function remakeOnChange<Value, Made>(read: () => Value, make: (value: Value) => Made): () => Made {
  let value = read();
  let made = make(value);
  return () => {
    const next = read();
    if (next !== value) {
      made = make(next);
      value = next;
    }
    return made;
  };
}
