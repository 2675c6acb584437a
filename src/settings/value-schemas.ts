/** Schemas of basic values. */
import { z } from 'zod';

/** An object of the file: unknown keys are errors, and an absent object is empty. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape).readonly();
}

/** A path of a file or folder; relative to the folder of the configuration file. */
export const pathSchema = z.string().min(1).max(4096);

/** A port; 0 lets the system choose, for tests. */
export const portSchema = z.int().min(0).max(65_535);

/** An address to listen on. */
export const hostSchema = z
  .string()
  .regex(/^[A-Za-z0-9:.%_-]{1,253}$/u, 'Expected a host name or an IP address');

/** A name in logs and messages. */
export const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/u,
    'Expected 1 to 63 letters, digits, ".", "_" or "-", beginning and ending with a letter or digit',
  );

/** A namespace. Source: RFC 1123 label, k8s.io/apimachinery validation. */
export const namespaceSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u,
    'Expected the name of a namespace: at most 63 lower case letters, digits and "-"',
  );

/** A namespace, or a prefix followed by `*`. */
export const namespacePatternSchema = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|[a-z0-9][a-z0-9-]{0,62}\*|\*)$/u,
    'Expected the name of a namespace, or its beginning followed by "*", as in "team-*"',
  );

// A pattern would let anyone who can choose a name become the writer.
/** A username of the API server, exactly. */
export const usernameSchema = z
  .string()
  .min(1)
  .max(1024)
  .refine((username) => !username.includes('*'), {
    error: 'Expected one exact username: patterns are not supported',
  });

const SEGMENT = String.raw`(?:[a-z0-9.-]+\*?[a-z0-9.-]*|\*[a-z0-9.-]*)`;

/** Applications of a GitOps controller, by namespace and name. */
export const applicationPatternSchema = z
  .string()
  .max(506)
  .regex(
    new RegExp(`^${SEGMENT}/${SEGMENT}$`, 'u'),
    'Expected NAMESPACE/NAME in lower case, each with at most one "*", as in "argocd/*-production"',
  );
