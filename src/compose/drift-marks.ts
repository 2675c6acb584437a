/** By which marks the drift thread tells what is managed: as the configuration says, else as argocd-cm does. */
import type { Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import { systemRandom } from '../base/system-random.ts';
import type { ManagerFinder } from '../drift/drift-watch.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import { startReflector, type Reflector } from '../kubernetes/watch/reflector.ts';
import { createSettingsStore } from '../kubernetes/watch/settings-store.ts';
import { createMarkFinder, isChild, type MarkFinder } from '../ownership/find-mark.ts';
import { findApplication } from '../ownership/find-application.ts';
import { createSelectorMatcher } from '../ownership/match-selector.ts';
import { argocdMarks } from './argocd-marks.ts';
import type { DriftConfiguration } from './drift-messages.ts';

export interface DriftMarksDependencies {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  readonly clock: Clock;
}

/** Where argocd-cm cannot be read, the configuration and the defaults of Argo CD count. */
const READY_MS_MAX = 10_000;

/** Follows argocd-cm, unless Argo CD is in another cluster. */
export class DriftMarks implements ManagerFinder {
  readonly #configuration: Pick<DriftConfiguration, 'ownership'>;
  readonly #matchSelector: ReturnType<typeof createSelectorMatcher>;
  readonly #ready = Promise.withResolvers<void>();
  readonly #reflector: Reflector | undefined;
  readonly #timer: NodeJS.Timeout;
  #findMark: MarkFinder;
  #instanceLabelKey: string | undefined;
  #isReady = false;
  #listener: () => void = () => undefined;

  constructor(
    configuration: Pick<DriftConfiguration, 'ownership' | 'kubernetes'>,
    { client, clock }: DriftMarksDependencies,
  ) {
    this.#configuration = configuration;
    const { ownership, kubernetes } = configuration;
    this.#matchSelector = createSelectorMatcher(ownership.selectors);
    this.#findMark = this.#read(undefined);
    this.#timer = setTimeout(() => {
      this.#becomeReady();
    }, READY_MS_MAX);
    this.#timer.unref();
    if (kubernetes.hub !== undefined) {
      this.#becomeReady();
      return;
    }
    this.#reflector = startReflector({
      client,
      clock,
      path: `/api/v1/namespaces/${ownership.argocd.namespace}/configmaps`,
      selector: 'fieldSelector=metadata.name%3Dargocd-cm',
      metadataOnly: false,
      store: createSettingsStore((settings) => {
        this.#findMark = this.#read(settings);
        if (this.#isReady) this.#listener();
        this.#becomeReady();
      }),
      random: systemRandom,
      semaphore: new Semaphore({ runningMax: 1, waitingMax: 1 }),
      silenceMsMax: kubernetes.watch.silenceMs,
      resyncMs: kubernetes.watch.resyncMs,
      pageObjectsMax: 1,
      objectsMax: 1,
      onEnd: () => undefined,
    });
  }

  readonly ready = (): Promise<void> => this.#ready.promise;

  readonly instanceLabelKey = (): string | undefined => this.#instanceLabelKey;

  readonly find: ManagerFinder['find'] = (object, { group, kind, namespace = '', name }) => {
    const identity = { group, kind, namespace, name };
    const mark = this.#findMark(object, identity);
    if (mark?.self === true) return { tool: mark.tool, app: mark.app };
    const selector = isChild(object) ? undefined : this.#matchSelector(object, identity);
    return selector === undefined ? undefined : { tool: 'selector', app: selector };
  };

  /** The Application, Kustomization or HelmRelease that the object's own mark names. */
  readonly findApplication = (
    object: KubernetesObject,
    { group, kind, namespace = '', name }: ObjectReference,
  ): ObjectReference | undefined => {
    const mark = this.#findMark(object, { group, kind, namespace, name });
    return mark?.self === true ? findApplication(mark) : undefined;
  };

  readonly onChange = (listener: () => void): void => {
    this.#listener = listener;
  };

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#reflector?.close();
  }

  #becomeReady(): void {
    this.#isReady = true;
    clearTimeout(this.#timer);
    this.#ready.resolve();
  }

  #read(settings: ArgocdSettings | undefined): MarkFinder {
    const { ownership } = this.#configuration;
    const marks = argocdMarks(ownership.argocd, settings);
    this.#instanceLabelKey =
      marks.trackingMethod === 'annotation' ? undefined : marks.instanceLabelKey;
    return createMarkFinder({ ...ownership, argocd: marks });
  }
}
