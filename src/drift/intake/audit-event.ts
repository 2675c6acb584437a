/** One request as the audit log of an API server has it. Source: k8s.io/apiserver pkg/apis/audit/v1 types.go. */

/** Whom the API server has authenticated, or who was asked for by `--as`. */
export interface AuditedUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
}

/** What a request is about. A list, and what is created with `generateName`, has no name. */
export interface AuditedObject {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What is read of an event; every other member is ignored. */
export interface AuditEvent {
  /** The same for all stages of a request, and for an event that is sent again. */
  readonly id: string;
  readonly stage: string;
  /** RFC 3339; empty where it cannot be read. */
  readonly time: string;
  readonly verb: string;
  readonly requestUri: string;
  readonly user: AuditedUser;
  /** As whom the user acts. */
  readonly impersonated?: AuditedUser | undefined;
  readonly addresses: readonly string[];
  readonly userAgent: string;
  /** Absent for what is no resource: `/healthz`. */
  readonly object?: AuditedObject | undefined;
  /** 0 where there was no answer. */
  readonly httpStatus: number;
  /** Each by the program whose key it is: admission webhooks under their own name. */
  readonly annotations: Readonly<Record<string, string>>;
  /** From the level Request on. Of a patch it is the patch. */
  readonly requestObject?: unknown;
  /** At the level RequestResponse. */
  readonly responseObject?: unknown;
}
