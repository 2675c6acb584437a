/** Schemas of a target's address and trust. */
import { z } from 'zod';
import { secretReferenceSchema } from './secret-reference.ts';
import { pathSchema, section } from './value-schemas.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** A target URL: HTTPS, or HTTP on this machine, without credentials. */
export const httpTargetSchema = z
  .string()
  .max(2048)
  .refine((text) => URL.canParse(text), { error: 'Expected a URL', abort: true })
  .refine((text) => !hasCredentials(new URL(text)), {
    // The message must not repeat the value.
    error: 'Expected a URL without a user, password or fragment: name the secret in its own key',
    abort: true,
  })
  .refine((text) => isProtected(new URL(text)), {
    error: 'Expected an https URL; http is for this machine alone',
  });

function hasCredentials({ username, password, hash }: URL): boolean {
  return `${username}${password}${hash}` !== '';
}

function isProtected({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

/** The CA of a target, and our client certificate. */
export const targetTlsSchema = section({
  caFile: pathSchema
    .optional()
    .describe('The authorities that are trusted, in PEM. Absent: those that Node.js trusts.'),
  certificateFile: pathSchema
    .optional()
    .describe('The client certificate that is presented, in PEM.'),
  keyFile: pathSchema.optional().describe('The private key of the client certificate, in PEM.'),
}).refine(
  ({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined),
  { error: 'Expected "certificateFile" and "keyFile" together', path: ['keyFile'] },
);

/** Headers whose values are secrets, by their names; `reserved` are those that the protocol or another key sets. */
export function secretHeadersSchema(reserved: RegExp) {
  return z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/u, 'Expected the name of a header')
        .refine((name) => !reserved.test(name), {
          error: 'Expected a header that is not part of every request',
        }),
      secretReferenceSchema,
    )
    .readonly()
    .default({});
}
