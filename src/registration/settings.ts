/** The settings section `registration`: which requests the API server sends to Holdfast. */
import { z } from 'zod';
import { namespaceSchema, pathSchema, section, usernameSchema } from '../settings/value-schemas.ts';
import { PROFILE_NAMES } from './profile.ts';

/** A trial in more namespaces than this is none. Match conditions must stay readable. */
const PILOT_NAMESPACES_MAX = 100;
const ANNOTATIONS_MAX = 32;
/** People and pipelines that install, and operators that keep the certificate: more than these name nobody in particular. */
const GUARD_NAMES_MAX = 100;
/** Source: k8s.io/apimachinery pkg/api/validation/objectmeta.go, TotalAnnotationSizeLimitB is 256 KiB for all. */
const ANNOTATION_CHARS_MAX = 4096;

/** A key of an annotation. Source: k8s.io/apimachinery pkg/util/validation, IsQualifiedName. */
export const annotationKeySchema = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/u,
    'Expected the key of an annotation, such as "example.com/key"',
  );

/** Source: k8s.io/apiserver pkg/authentication/user and serviceaccount/util.go. */
const GROUPS_OF_ALL = /^system:(?:authenticated|unauthenticated|serviceaccounts(?::.*)?|nodes)$/u;

const guardSchema = section({
  usernames: z
    .array(usernameSchema)
    .max(GUARD_NAMES_MAX)
    .readonly()
    .default([])
    .describe(
      'Exact usernames that the guards let through, besides the writers and Holdfast itself: who installs and upgrades, cert-manager where it keeps the certificate. An account counts only with a token.',
    ),
  exemptGroups: z
    .array(
      usernameSchema.refine((group) => !GROUPS_OF_ALL.test(group), {
        error:
          'Expected a group of few: everybody is in this one, so that nothing would be guarded',
      }),
    )
    .max(GUARD_NAMES_MAX)
    .readonly()
    .default([])
    .describe(
      'Groups whose members the guards let through: the way in where nobody of the usernames is there.',
    ),
});

/** What `holdfast manifests` prints, where no option says otherwise. */
export const registrationSchema = section({
  profile: z
    .enum(PROFILE_NAMES)
    .default('production')
    .describe(
      'What is asked, and what happens while Holdfast is away. `production`: every write that is not exempt; they are refused. `trial`: the pilot namespaces, or what Git declares; everything passes.',
    ),
  pilotNamespaces: z
    .array(namespaceSchema)
    .max(PILOT_NAMESPACES_MAX)
    .readonly()
    .default([])
    .describe(
      'The namespaces of a trial. Empty: what Git declares, in every namespace. Only for the profile `trial`.',
    ),
  annotations: z
    .record(annotationKeySchema, z.string().max(ANNOTATION_CHARS_MAX))
    .refine((annotations) => Object.keys(annotations).length <= ANNOTATIONS_MAX, {
      error: `Expected at most ${ANNOTATIONS_MAX} annotations`,
    })
    .readonly()
    .default({})
    .describe(
      'Annotations of the webhook configurations, for those who read them there: `admissions.enforcer/disabled` (AKS), `cert-manager.io/inject-ca-from`.',
    ),
  manage: z
    .boolean()
    .default(false)
    .describe(
      'Keep the webhook configurations equal to this file, by one replica that leads. Off: `holdfast manifests` prints them.',
    ),
  url: z
    .url({ protocol: /^https$/u })
    .optional()
    .describe(
      'Where the API server reaches Holdfast outside of the cluster, for `manage`. Absent: the Service `holdfast` of the namespace `breakGlass.namespace`.',
    ),
  authorityFile: pathSchema
    .optional()
    .describe(
      'The authority of the certificate in PEM, registered as `caBundle` by `manage`. Absent: another feature or an injector writes it.',
    ),
  guard: guardSchema
    .prefault({})
    .describe('Whom the admission policies of `holdfast manifests --with-guard` let through.'),
}).refine(({ profile, pilotNamespaces }) => profile === 'trial' || pilotNamespaces.length === 0, {
  error:
    'Expected the profile "trial" beside pilotNamespaces: production asks about every namespace',
  path: ['pilotNamespaces'],
});

export type RegistrationSettings = z.output<typeof registrationSchema>;
