/** The shared settings of HTTP sinks: trust, and at most one kind of credentials. */
import { z } from 'zod';
import { secretReferenceSchema, type SecretReference } from '../../settings/secret-reference.ts';
import { targetTlsSchema } from '../../settings/target-schemas.ts';
import { section } from '../../settings/value-schemas.ts';

const basicSchema = section({
  // A colon would end the user name early (RFC 7617).
  username: z
    .string()
    .regex(/^[^:\p{Cc}]{1,256}$/u, 'Expected a user name without a colon')
    .describe('The user name.'),
  password: secretReferenceSchema.describe('The password.'),
});

/** The keys of trust and credentials. */
export const httpShape = {
  tls: targetTlsSchema.prefault({}).describe('How the connection is secured.'),
  bearerToken: secretReferenceSchema.optional().describe('Sent in the header Authorization.'),
  basic: basicSchema.optional().describe('Basic authentication (RFC 7617).'),
};

/** The complaint of `hasOneCredential`. */
export const ONE_CREDENTIAL = {
  error: 'Expected at most one of "apiKey", "bearerToken" and "basic"',
};

/** Whether there is at most one: with two, it is undefined which one a service uses. */
export function hasOneCredential(sink: {
  readonly apiKey?: unknown;
  readonly bearerToken?: unknown;
  readonly basic?: unknown;
}): boolean {
  const given = [sink.apiKey, sink.bearerToken, sink.basic].filter((one) => one !== undefined);
  return given.length <= 1;
}

/** The settings that are needed to post to the target. */
export interface HttpSinkSettings {
  readonly name: string;
  readonly tls: z.output<typeof targetTlsSchema>;
  readonly delivery: {
    /** From the call to the last byte of the response. */
    readonly timeoutMs: number;
  };
  readonly bearerToken?: SecretReference | undefined;
  readonly apiKey?: SecretReference | undefined;
  readonly basic?: z.output<typeof basicSchema> | undefined;
  /** Headers whose values are secrets. */
  readonly secretHeaders?: Readonly<Record<string, SecretReference>> | undefined;
}
