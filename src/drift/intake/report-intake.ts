/** Takes reports of Falco, Argo CD and Terraform: each is one event, and one finding at most. */
import { createHash } from 'node:crypto';
import type { ObservationSource } from '../../audit/audit-record.ts';
import type { ManagedBy } from '../drift-finding.ts';
import type { TerraformPlan } from '../terraform/parse-terraform-plan.ts';
import { classifyFalcoEvent, classifyNotification, classifyPlan } from './classify-report.ts';
import type { FindingIntake } from './finding-intake.ts';
import type { ObservedFinding } from './observed-finding.ts';
import type { ArgocdNotification } from './parse-argocd-notification.ts';
import type { FalcoPriority } from './falco-priorities.ts';
import type { FalcoEvent } from './parse-falco-event.ts';

export interface ReportIntakeOptions {
  readonly intake: FindingIntake;
  /** Who manages a pod, or what made it. Never rejects. */
  readonly ownerOfPod: (
    namespace: string,
    name: string,
  ) => Promise<ManagedBy | undefined | 'unknown'>;
}

/** Addresses of resources in a record: it is no copy of the plan. */
const ADDRESSES_MAX = 20;

/** All of them pass the limits and the window of one intake. */
export class ReportIntake {
  readonly #options: ReportIntakeOptions;

  constructor(options: ReportIntakeOptions) {
    this.#options = options;
  }

  /** `body`: what was sent, as the id of an event that has none. Rejects with a `HoldfastError` where it is not recorded. */
  async takeFalco(
    event: FalcoEvent,
    {
      minimumPriority,
      managedOnly,
      body,
    }: {
      readonly minimumPriority: FalcoPriority;
      readonly managedOnly: boolean;
      readonly body: Uint8Array;
    },
  ): Promise<void> {
    const code = classifyFalcoEvent(event, minimumPriority);
    const { namespace, pod, rule, priority, output, username } = event;
    await this.#take('falco', event.id || digest(body), async () => {
      if (code === undefined) return undefined;
      const owner = pod === '' ? undefined : await this.#options.ownerOfPod(namespace, pod);
      if (managedOnly && owner === undefined) return undefined;
      const object = describeTarget(event);
      return {
        cause: [code, rule, namespace, object.resource, object.name],
        finding: {
          code,
          ...(username !== '' && { user: { username, groups: [] } }),
          operation: 'CONNECT',
          object,
          ...(owner !== undefined && owner !== 'unknown' && { managedBy: owner }),
          observed: {
            source: 'falco',
            id: event.id || digest(body),
            time: event.time,
            rule,
            priority,
            ...(output !== '' && { output }),
          },
        },
      };
    });
  }

  async takeArgocd(notification: ArgocdNotification): Promise<void> {
    const { application, namespace, sync, health, phase, revision, message, time } = notification;
    const id = digest(Buffer.from(JSON.stringify(notification)));
    await this.#take('argocd', id, () => {
      const code = classifyNotification(notification);
      if (code === undefined) return Promise.resolve(undefined);
      const states = [sync, health, phase].filter((state) => state !== '').join(', ');
      return Promise.resolve({
        cause: [code, namespace, application],
        finding: {
          code,
          operation: 'UPDATE',
          object: {
            group: 'argoproj.io',
            version: 'v1alpha1',
            resource: 'applications',
            subresource: '',
            kind: 'Application',
            namespace,
            name: application,
          },
          managedBy: { tool: 'argocd', app: application },
          observed: {
            source: 'argocd',
            id,
            time,
            output: message === '' ? states : `${states}: ${message}`,
            ...(revision !== '' && { revision }),
          },
        },
      });
    });
  }

  async takeTerraform(
    plan: TerraformPlan,
    { workspace, body }: { readonly workspace: string; readonly body: Uint8Array },
  ): Promise<void> {
    const id = digest(body);
    await this.#take('terraform', id, () => {
      const code = classifyPlan(plan);
      if (code === undefined) return Promise.resolve(undefined);
      const changed = plan.drift.map(({ action, address }) => `${action} ${address}`);
      return Promise.resolve({
        cause: [code, workspace],
        finding: {
          code,
          operation: 'UPDATE',
          object: {
            group: 'terraform.io',
            version: '',
            resource: 'workspaces',
            subresource: '',
            kind: 'Workspace',
            namespace: '',
            name: workspace,
          },
          observed: {
            source: 'terraform',
            id,
            time: '',
            changed: changed.slice(0, ADDRESSES_MAX),
            ...(changed.length > ADDRESSES_MAX && { unlisted: changed.length - ADDRESSES_MAX }),
          },
        },
      });
    });
  }

  async #take(
    source: ObservationSource,
    id: string,
    find: () => Promise<
      { readonly cause: readonly string[]; readonly finding: ObservedFinding } | undefined
    >,
  ): Promise<void> {
    await this.#options.intake.take({
      source,
      id,
      findings: async () => {
        const found = await find();
        if (found === undefined) return [];
        return [{ cause: JSON.stringify(found.cause), finding: found.finding }];
      },
    });
  }
}

/** Values stay where they are: a record has no more than that it was this one. */
function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** The pod of a process; else what a request is about. */
function describeTarget({ namespace, pod, resource, name }: FalcoEvent): ObservedFinding['object'] {
  const isPod = pod !== '';
  return {
    group: '',
    version: isPod ? 'v1' : '',
    resource: isPod ? 'pods' : resource,
    subresource: '',
    kind: isPod ? 'Pod' : '',
    namespace,
    name: isPod ? pod : name,
  };
}
