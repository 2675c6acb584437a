/**
 * Keeps the published bundle in step with the templates and constraints of a cluster, and says in their status what became of them.
 *
 * Two leaders at once do no harm: a bundle and a status are written over what was read. Nothing is published while anything cannot be read,
 * and no policy is dropped while Git still declares it.
 */
import { addMs, type Clock } from '../../../base/clock.ts';
import { errorText } from '../../../base/error-details.ts';
import type { LeaderElection } from '../../../kubernetes/leader-election/leader-election.ts';
import type { BundleFiles } from '../../../policy/bundle/bundle-files.ts';
import { sha256, type Manifest } from '../../../policy/manifest.ts';
import type { Logger } from '../../../telemetry/logger.ts';
import type { Metrics } from '../../../telemetry/metrics.ts';
import type { FoundDocument, PlannedConstraints } from '../plan-constraints.ts';
import type { TemplateChecker } from './check-templates.ts';
import type { ConstraintCluster } from './constraint-cluster.ts';
import type { ConstraintFollower, FollowedDocument } from './constraint-follower.ts';
import { SETTING_KINDS, TEMPLATE_GROUP } from './followed-kinds.ts';
import { planDropped, type DroppedPolicy } from './plan-dropped.ts';
import { planFollowed, type FollowedPlan } from './plan-followed.ts';
import { planConstraintStatus, planTemplateStatus, type Outcome } from './plan-status.ts';
import type { PublishedBundle } from './published-bundle.ts';

/** A bundle that is not signed yet. */
export interface BuiltFiles {
  readonly manifest: Manifest;
  readonly files: BundleFiles;
}

export interface ControllerOptions {
  readonly election: LeaderElection;
  readonly follower: Pick<ConstraintFollower, 'changes' | 'read'>;
  readonly checker: Pick<TemplateChecker, 'findRefusals'>;
  readonly published: Pick<PublishedBundle, 'read' | 'write'>;
  readonly cluster: Pick<ConstraintCluster, 'writeStatus' | 'ensureDefinition' | 'findClaims'>;
  /** Throws `policy_source_invalid` where the policies beside the constraints do not compile. */
  readonly build: (plan: PlannedConstraints) => Promise<BuiltFiles>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Without a change, what is published is looked at this often: somebody may have replaced it. */
const LOOK_MS = 30_000;
/** What could not be done is tried again: a deletion is not held for longer than the Application takes to say that it was meant. */
const RETRY_MS = 10_000;
/** A last good form may not compile beside what has changed; without it, the rest does. */
const ROUNDS_MAX = 3;
const MS_PER_SECOND = 1000;

/** Call `turn` again and again. */
export class ConstraintController {
  readonly #options: ControllerOptions;
  #lastGood: ReadonlyMap<string, FoundDocument> = new Map();
  /** What was published last by this process, and of which objects. */
  #done: { readonly key: string; readonly revision: string } | undefined;
  #changes = -1;
  #lookAtMs = 0;
  readonly #definitions = new Map<string, string>();
  #problem: string | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  /** Why what is published is not what the cluster has. */
  problem(): string | undefined {
    return this.#problem;
  }

  /** One look at everything. Never rejects. */
  async turn(): Promise<void> {
    try {
      const { leads, problem } = await this.#options.election.renew('');
      this.#options.metrics.set('holdfast_gatekeeper_leader', Number(leads));
      if (leads) await this.#lead();
      else this.#rest(problem);
      this.#tellStep(leads);
    } catch (fault) {
      this.#settle(errorText(fault));
      this.#tellStep(false);
    }
  }

  /** Gives the lease back, so that another replica leads at once. */
  close(): Promise<void> {
    return this.#options.election.release();
  }

  /** Whoever leads next reads everything anew; what was good here may be older than what another has published. */
  #rest(problem: string | undefined): void {
    this.#done = undefined;
    this.#lookAtMs = 0;
    this.#settle(problem);
  }

  async #lead(): Promise<void> {
    const { follower, clock } = this.#options;
    const { changes } = follower;
    if (changes === this.#changes && clock.monotonicMs() < this.#lookAtMs) return;
    const found = follower.read();
    if (found.status === 'unavailable') {
      this.#settle(found.reason);
      return;
    }
    this.#changes = changes;
    this.#lookAtMs = addMs(clock.monotonicMs(), RETRY_MS);
    const problem = await this.#keep(found.documents);
    this.#settle(problem);
    if (problem !== undefined) return;
    this.#lookAtMs = addMs(clock.monotonicMs(), LOOK_MS);
    this.#options.metrics.set(
      'holdfast_gatekeeper_checked_timestamp_seconds',
      clock.wallMs() / MS_PER_SECOND,
    );
  }

  async #keep(documents: readonly FollowedDocument[]): Promise<string | undefined> {
    const published = await this.#options.published.read();
    if (published.status === 'unavailable') return published.reason;
    // After a start, and where another has led: what was good is what the published bundle was built from.
    if (this.#done === undefined) this.#lastGood = published.documents;
    const followed = await this.#plan(documents);
    if (followed === undefined) return 'no form of the templates and constraints compiles';
    this.#count(documents, followed);
    const missing = await this.#ensureDefinitions(followed);
    const problem = await this.#publish(documents, { followed, published });
    const told = await this.#tellStatuses(documents, {
      followed,
      missing,
      isPublished: problem === undefined,
    });
    return problem ?? told;
  }

  async #plan(documents: readonly FoundDocument[]): Promise<FollowedPlan | undefined> {
    const refused = new Map<string, readonly string[]>();
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      const lastGood = round < ROUNDS_MAX ? this.#lastGood : new Map<string, FoundDocument>();
      const followed = planFollowed(documents, { lastGood, refused });
      const found = await this.#options.checker.findRefusals(followed.plan);
      if (found.size === 0) return followed;
      for (const [file, texts] of found) refused.set(file, refused.get(file) ?? texts);
    }
    return undefined;
  }

  /** Why the kinds of some templates are not there, by document. */
  async #ensureDefinitions({ plan }: FollowedPlan): Promise<ReadonlyMap<string, string>> {
    const missing = new Map<string, string>();
    for (const { file, template } of plan.templates) {
      const key = sha256(JSON.stringify([template.kind, template.parameters]));
      if (this.#definitions.get(file) === key) continue;
      const problem = await this.#options.cluster.ensureDefinition(template);
      if (problem === undefined) this.#definitions.set(file, key);
      else missing.set(file, `The kind ${template.kind} cannot be defined: ${problem}`);
    }
    return missing;
  }

  async #publish(
    documents: readonly FollowedDocument[],
    { followed, published }: ToPublish,
  ): Promise<string | undefined> {
    const key = keyOf(followed);
    const { manifest, resourceVersion } = published;
    const isDone = this.#done?.key === key && this.#done.revision === manifest?.revision;
    if (isDone) return undefined;
    const dropped = planDropped({ published: manifest?.policies ?? [], documents, followed });
    const held = findUnread(documents, followed) ?? (await this.#findHeld(dropped));
    if (held !== undefined) {
      this.#countBundle('held');
      return `The last bundle stays: ${held}`;
    }
    const built = await this.#options.build(followed.plan);
    const { revision } = built.manifest;
    if (revision !== manifest?.revision) {
      const problem = await this.#options.published.write({
        files: built.files,
        documents: followed.accepted.values(),
        resourceVersion,
      });
      this.#countBundle(problem === undefined ? 'published' : 'failed');
      if (problem !== undefined) return `The bundle cannot be published: ${problem}`;
      this.#options.logger.info('Published the policies of the cluster', {
        revision,
        constraints: followed.plan.constraints.length,
        dropped: dropped.map(({ policy }) => policy),
      });
    }
    this.#lastGood = followed.accepted;
    this.#done = { key, revision };
    return undefined;
  }

  /** Why a policy must not be dropped: its object cannot be judged by, or Git still declares what somebody deleted. */
  async #findHeld(dropped: readonly DroppedPolicy[]): Promise<string | undefined> {
    for (const one of dropped) {
      if (one.status === 'faulty') {
        return `"${one.policy}" would be dropped, because ${one.file} cannot be judged by: its status says why`;
      }
      if (one.status === 'left') continue;
      const looked = await this.#options.cluster.findClaims(one.object);
      if (looked.status === 'unavailable') {
        return `"${one.policy}" is gone, and nobody can tell whether Git still declares it: ${looked.reason}`;
      }
      const [claim] = looked.claims;
      if (claim === undefined) continue;
      return `"${one.policy}" was deleted, and ${claim.kind} ${claim.namespace}/${claim.app} still lists it: sync it, or take it out of Git`;
    }
    return undefined;
  }

  async #tellStatuses(
    documents: readonly FollowedDocument[],
    { followed, missing, isPublished }: ToTell,
  ): Promise<string | undefined> {
    let problem: string | undefined;
    // A constraint that does not act at the webhook is accepted, and judges nothing there.
    const judging = new Set(
      [...followed.plan.templates, ...followed.plan.constraints].map(({ file }) => file),
    );
    for (const document of documents) {
      if (SETTING_KINDS.includes(document.kind)) continue;
      const { file, object, kind } = document;
      const undefinedKind = missing.get(file);
      const errors = [
        ...(followed.errors.get(file) ?? []),
        ...(undefinedKind === undefined ? [] : [undefinedKind]),
      ];
      // What its status says is as true as it was: the bundle before has it, or not.
      if (!isPublished && errors.length === 0) continue;
      const outcome: Outcome = {
        errors,
        isLastGood: followed.errors.has(file) && followed.accepted.has(file),
        isPublished: isPublished && judging.has(file),
      };
      const status =
        kind.group === TEMPLATE_GROUP
          ? planTemplateStatus(object, outcome)
          : planConstraintStatus(object, outcome);
      const failed = status && (await this.#options.cluster.writeStatus(document, status));
      if (failed !== undefined) problem ??= `The status of ${file} cannot be written: ${failed}`;
    }
    return problem;
  }

  #count(documents: readonly FollowedDocument[], { accepted, errors }: FollowedPlan): void {
    const counts = { written: 0, last_good: 0, refused: 0 };
    for (const { file } of documents) {
      const standing = accepted.has(file)
        ? errors.has(file)
          ? 'last_good'
          : 'written'
        : 'refused';
      counts[standing] += 1;
    }
    for (const [standing, count] of Object.entries(counts)) {
      this.#options.metrics.set('holdfast_gatekeeper_objects', count, { standing });
    }
  }

  /** Whoever does not lead knows nothing of it: the greatest value of all replicas is the leader's. */
  #tellStep(leads: boolean): void {
    const isInStep = leads && this.#problem === undefined;
    this.#options.metrics.set('holdfast_gatekeeper_in_step', Number(isInStep));
  }

  #countBundle(outcome: 'published' | 'held' | 'failed'): void {
    this.#options.metrics.increment('holdfast_gatekeeper_bundles_total', { outcome });
  }

  /** Once for each new reason. */
  #settle(problem: string | undefined): void {
    if (problem !== undefined && problem !== this.#problem) {
      this.#options.logger.warn('The policies of the cluster are not kept in step', { problem });
    }
    this.#problem = problem;
  }
}

interface ToPublish {
  readonly followed: FollowedPlan;
  readonly published: Extract<Awaited<ReturnType<PublishedBundle['read']>>, { status: 'read' }>;
}

interface ToTell {
  readonly followed: FollowedPlan;
  readonly missing: ReadonlyMap<string, string>;
  readonly isPublished: boolean;
}

/** Without them, constraints would judge namespaces that are left to themselves, or compare with nothing. */
function findUnread(
  documents: readonly FollowedDocument[],
  { accepted, errors }: FollowedPlan,
): string | undefined {
  const unread = documents.find(
    ({ file, kind }) => SETTING_KINDS.includes(kind) && !accepted.has(file),
  );
  return unread && `${unread.file}: ${errors.get(unread.file)?.join('; ')}`;
}

/** Of all that a bundle is built from: a written status changes nothing. */
function keyOf({ plan }: FollowedPlan): string {
  return sha256(JSON.stringify(plan));
}
