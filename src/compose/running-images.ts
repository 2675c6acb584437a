/** The judgement of images by one configuration: the thread that verifies, and the verdicts that admission reads. */
import { z } from 'zod';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import type { ImageSignatureFact, JudgedImage } from '../image/image-conclusion.ts';
import { refutesVerified } from '../image/refutes-verified.ts';
import { formatImageKey, formatImageKeys, nameImage, type ImageKey } from '../image/image-key.ts';
import { withoutTrust } from '../image/image-store.ts';
import { findPodSpec } from '../image/find-images.ts';
import type { ImageFact } from '../image/images-fact.ts';
import { parseReference, type ImageReference } from '../image/parse-reference.ts';
import {
  formatCredentialScope,
  pullSecretsOf,
  type PullScope,
} from '../image/registry/pull-scope.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { SECOND } from '../settings/limit.ts';
import { matchImageRule } from '../signature/image-trust/match-image-rule.ts';
import type { ImageRule } from '../signature/image-trust/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsIntake } from '../telemetry/metrics.ts';
import { VerdictCache, type NoVerdict } from '../verdict/verdict-cache.ts';
import { VerdictMap } from '../verdict/verdict-map.ts';
import { planWait } from '../verdict/plan-wait.ts';
import type { ImageQuestion } from './image-judge.ts';
import { createImageSupervisor, type ImageSupervisor } from './image-supervisor.ts';

export interface ImageDependencies {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsIntake;
  /** The script of the thread, for tests. */
  readonly entry?: URL | undefined;
}

export interface ImageRequest {
  readonly request: Pick<AdmissionRequest, 'resource' | 'object' | 'namespace'>;
  readonly deadlineAtMs: MonotonicMs;
}

/** Adds to each new image what is known of its signature. Synchronous where everything is known. Never rejects. */
export type JudgeImages = (
  images: readonly ImageFact[],
  asked: ImageRequest,
) => readonly ImageFact[] | Promise<readonly ImageFact[]>;

/**
 * Whoever can make Pods in a namespace can name each of its Secrets: the namespace is the tenant, and what is verified with one of
 * its pull secrets counts for all its Pods.
 */
interface CredentialScope {
  readonly name: string;
  /** Of these credentials alone: their refusal is none for Pods with others. */
  readonly attempt: string;
  readonly pullScope: PullScope | undefined;
}

/** A question with everything that its answer depends on. */
type AskedImage = ImageKey & { readonly attempt: string; readonly question: ImageQuestion };

const MS_PER_SECOND = 1000;
/** Without the pull secrets of a namespace, all read with the configured credentials. */
const CONFIGURED: CredentialScope = {
  name: 'configured',
  attempt: 'configured',
  pullScope: undefined,
};

const NO_TRUST: NoVerdict = {
  status: 'unavailable',
  reason: 'The image thread has not started',
  retryAfterMs: SECOND,
};

/** The parts of one configuration. */
export class RunningImages {
  readonly fingerprint: string;
  readonly judgeImages: JudgeImages;
  readonly #settings: Configuration['images'];
  readonly #clock: Clock;
  readonly #supervisor: ImageSupervisor;
  readonly #store: VerdictMap<JudgedImage>;
  readonly #verdicts: VerdictCache<AskedImage, JudgedImage>;
  readonly #lastVerified: VerdictMap<string>;

  constructor(
    configuration: Pick<Configuration, 'images' | 'kubernetes'>,
    dependencies: ImageDependencies & { readonly fingerprint: string },
  ) {
    const { clock, wait, metrics, environment, entry, fingerprint } = dependencies;
    const { images } = configuration;
    const { verdictsMax, pendingMax, verdictAgeMsMax } = images;
    this.fingerprint = fingerprint;
    this.#settings = images;
    this.#clock = clock;
    const store = new VerdictMap<JudgedImage>(verdictsMax);
    this.#store = store;
    const lastVerified = new VerdictMap<string>(verdictsMax);
    this.#lastVerified = lastVerified;
    const supervisor = createImageSupervisor(
      {
        configuration,
        environment,
        entry,
        onKept: (kept) => {
          for (const [key, verdict] of kept.verdicts) {
            store.set(key, { verdict, judgedAtMs: -Infinity });
          }
          for (const [key, verdict] of kept.lastVerified) {
            lastVerified.set(key, { verdict, judgedAtMs: -Infinity });
          }
        },
      },
      dependencies,
    );
    this.#supervisor = supervisor;
    this.#verdicts = new VerdictCache<AskedImage, JudgedImage>({
      formatKey: formatImageKey,
      formatAttempt: (asked) => formatImageKey({ ...asked, scope: asked.attempt }),
      refutes: ({ question }, answer) => refutesVerified(answer, question.pullScope),
      noun: 'image',
      judge: (asked) => this.#judge(asked),
      store,
      ageMsMax: verdictAgeMsMax,
      pendingMax,
      clock,
      wait,
      onJudged: (outcome, durationMs) => {
        metrics.increment('holdfast_images_judged_total', { outcome });
        metrics.observe('holdfast_image_judgement_duration_seconds', durationMs / MS_PER_SECOND);
        metrics.set('holdfast_image_verdicts', store.size);
      },
    });
    this.judgeImages = (facts, asked) => this.#judgeImages(facts, asked);
  }

  async start(isRetried: boolean): Promise<void> {
    await (isRetried ? this.#supervisor.startOrRetry() : this.#supervisor.start());
  }

  /**
   * Begins to verify images, as they are written, ahead of admission; nobody waits for it. Where the pull secrets of Pods count, it
   * is not known yet which.
   */
  prepare(images: readonly string[]): void {
    if (this.#settings.registries.readPullSecrets) return;
    for (const text of images) {
      const reading = parseReference(text);
      if (!reading.ok) continue;
      const { reference } = reading;
      const rule = matchImageRule(reference, this.#settings.rules);
      const asked = rule && this.#ask({ reference, rule, pullScope: undefined }, CONFIGURED);
      if (asked !== undefined) this.#verdicts.prepare(asked);
    }
  }

  problem(): string | undefined {
    return this.#supervisor.problem();
  }

  async close(): Promise<void> {
    this.#verdicts.close();
    await this.#supervisor.close();
  }

  async #judge({
    question,
    attempt: _attempt,
    ...key
  }: AskedImage): Promise<JudgedImage | NoVerdict> {
    const answer = await this.#supervisor.ask({ ...question, key });
    if (answer.status === 'verified') this.#keep(key, question, answer);
    else if (refutesVerified(answer, question.pullScope)) this.#forgetLast(key, question);
    return answer;
  }

  #keep(
    key: ImageKey,
    { reference }: ImageQuestion,
    verdict: Extract<JudgedImage, { readonly status: 'verified' }>,
  ): void {
    const judgedAtMs = this.#clock.monotonicMs();
    const { digest } = verdict;
    for (const one of formatImageKeys(key, reference, digest)) {
      this.#store.set(one, { verdict, judgedAtMs });
      this.#lastVerified.set(withoutTrust(one), { verdict: digest, judgedAtMs });
    }
  }

  /** A signature that was taken back must not count again in an outage, neither for the image nor for its digest. */
  #forgetLast(key: ImageKey, { reference }: ImageQuestion): void {
    const last = this.#lastVerified.get(withoutTrust(formatImageKey(key)))?.verdict;
    for (const one of formatImageKeys(key, reference, last)) {
      this.#lastVerified.delete(withoutTrust(one));
    }
  }

  #judgeImages(
    facts: readonly ImageFact[],
    { request, deadlineAtMs }: ImageRequest,
  ): ReturnType<JudgeImages> {
    const isChild = isChildOfWorkload(request);
    const scope = this.#scopeOf(request);
    const known = facts.map((fact) => this.#judgeKnown(fact, { scope, isChild }));
    if (known.every((fact) => fact !== undefined)) return known;
    const { waitMs } = this.#settings;
    const endAtMs = planWait(deadlineAtMs, { nowMs: this.#clock.monotonicMs(), waitMs });
    return Promise.all(
      facts.map(
        async (fact, index) => known[index] ?? (await this.#judgeUnknown(fact, { scope, endAtMs })),
      ),
    );
  }

  /** Without waiting; `undefined` if its verdict is not there yet. */
  #judgeKnown(
    fact: ImageFact,
    { scope, isChild }: { readonly scope: CredentialScope; readonly isChild: boolean },
  ): ImageFact | undefined {
    // What the stored object has named before was judged then, or was there before any rule.
    if (fact.status === 'unreadable' || !fact.isNew) return fact;
    const { reference, rule } = this.#placeOf(fact);
    if (rule === undefined) return { ...fact, signature: { status: 'unjudged' } };
    const asked = this.#ask({ reference, rule, pullScope: scope.pullScope }, scope);
    if (asked === undefined) return undefined;
    // What was verified at the workload is what its Pods get, even if the tag has been moved since.
    const verdict = isChild ? this.#verdicts.peek(asked) : this.#verdicts.readKnown(asked);
    return verdict === undefined ? undefined : { ...fact, signature: toFact(verdict) };
  }

  async #judgeUnknown(
    fact: ImageFact,
    { scope, endAtMs }: { readonly scope: CredentialScope; readonly endAtMs: MonotonicMs },
  ): Promise<ImageFact> {
    const { reference, rule } = this.#placeOf(fact);
    if (rule === undefined) return fact;
    const asked = this.#ask({ reference, rule, pullScope: scope.pullScope }, scope);
    const answer = asked === undefined ? NO_TRUST : await this.#verdicts.read(asked, endAtMs);
    if (answer.status !== 'unavailable') return { ...fact, signature: toFact(answer) };
    const signature = this.#unavailable({ reference, rule }, scope, answer);
    return { ...fact, signature };
  }

  #unavailable(
    { reference, rule: { name: rule, unavailable: mode } }: ImageQuestion,
    { name: scope }: CredentialScope,
    { reason }: NoVerdict,
  ): ImageSignatureFact {
    const answer = { status: 'unavailable', rule, reason, mode } as const;
    if (mode !== 'allow-if-last-good') return answer;
    const key = { image: nameImage(reference), rule, scope, trustHash: '' };
    const lastVerifiedDigest = this.#lastVerified.get(withoutTrust(formatImageKey(key)))?.verdict;
    return lastVerifiedDigest === undefined ? answer : { ...answer, lastVerifiedDigest };
  }

  #placeOf({ registry = '', repository = '', tag, digest }: ImageFact): {
    readonly reference: ImageReference;
    readonly rule: ImageRule | undefined;
  } {
    const reference = { registry, repository, tag, digest };
    return { reference, rule: matchImageRule(reference, this.#settings.rules) };
  }

  #ask(question: ImageQuestion, { name: scope, attempt }: CredentialScope): AskedImage | undefined {
    const trustHash = this.#supervisor.trustHash();
    if (trustHash === undefined) return undefined;
    const { reference, rule } = question;
    return { image: nameImage(reference), rule: rule.name, scope, attempt, trustHash, question };
  }

  #scopeOf({ resource, object, namespace }: ImageRequest['request']): CredentialScope {
    const podSpec = this.#settings.registries.readPullSecrets
      ? findPodSpec(resource, object)
      : undefined;
    if (podSpec === undefined || namespace === undefined) return CONFIGURED;
    const pullScope = { namespace, ...pullSecretsOf(podSpec) };
    const attempt = formatCredentialScope(pullScope);
    return { name: `namespace ${namespace}`, attempt, pullScope };
  }
}

function toFact({ retryAfterMs: _retryAfterMs, ...conclusion }: JudgedImage): ImageSignatureFact {
  return conclusion;
}

const childSchema = z.looseObject({
  metadata: z.looseObject({
    ownerReferences: z.array(z.looseObject({ controller: z.boolean().nullish() })),
  }),
});

/** Whoever writes such a reference by hand gets an image that was verified before, and nothing else. */
function isChildOfWorkload({ resource, object }: ImageRequest['request']): boolean {
  if (resource.group !== '' || resource.resource !== 'pods') return false;
  const child = childSchema.safeParse(object).data;
  return child?.metadata.ownerReferences.some(({ controller }) => controller === true) === true;
}
