/**
 * The wire types of `admission.k8s.io/v1`.
 *
 * Only types live here. The one parser that turns bytes into these types is `admission/decode.ts`.
 * Source: k8s.io/api/admission/v1 types.go.
 */
import type { KubernetesObject } from './object.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** The user as the API server authenticated (or impersonated) it. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** One request to the API server, as the webhook receives it. Fields we do not read are carried verbatim. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource?: string | undefined;
  /** What the client asked for, where the API server converted it for the webhook. */
  readonly requestKind?: GroupVersionKind | undefined;
  readonly requestResource?: GroupVersionResource | undefined;
  readonly requestSubResource?: string | undefined;
  /** Empty for CREATE with `generateName` and for the items of a DELETECOLLECTION. */
  readonly name?: string | undefined;
  /** Absent for cluster-scoped objects; for a Namespace object the API server sends the namespace's own name. */
  readonly namespace?: string | undefined;
  readonly operation: Operation;
  readonly userInfo: UserInfo;
  /** The new object; absent for DELETE. For CONNECT the options object (for example PodExecOptions). */
  readonly object?: KubernetesObject | null | undefined;
  /** The stored object; present for UPDATE and DELETE. */
  readonly oldObject?: KubernetesObject | null | undefined;
  readonly dryRun?: boolean | null | undefined;
  readonly options?: Readonly<Record<string, unknown>> | null | undefined;
}
