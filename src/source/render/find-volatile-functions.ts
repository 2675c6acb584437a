/**
 * Functions of templates whose result is another one each time. Sources: masterminds.github.io/sprig; helm.sh/docs/chart_template_guide/function_list.
 * `lookup` is none: `helm template`, which Argo CD runs too, always answers it with nothing.
 */

const RANDOM = [
  'bcrypt',
  'encryptAES',
  'genCA',
  'genCAWithKey',
  'genPrivateKey',
  'genSelfSignedCert',
  'genSelfSignedCertWithKey',
  'genSignedCert',
  'genSignedCertWithKey',
  'htpasswd',
  'randAlpha',
  'randAlphaNum',
  'randAscii',
  'randBytes',
  'randInt',
  'randNumeric',
  'shuffle',
  'uuidv4',
];
const CLOCK = ['ago', 'now'];

export interface VolatileFunctions {
  /** Found out by rendering twice. */
  readonly random: readonly string[];
  /** Two renderings within one second agree. */
  readonly clock: readonly string[];
  /** Asks which APIs the cluster has, or its version. */
  readonly readsCapabilities: boolean;
}

/** Names that stand in an action of the template; whether they are called is not known. */
export function findVolatileFunctions(template: string): VolatileFunctions {
  const words = new Set(
    [...template.matchAll(/\{\{(?<action>[\s\S]*?)\}\}/gu)].flatMap(
      ({ groups }) => groups?.['action']?.match(/(?<![.\w$"])\w+/gu) ?? [],
    ),
  );
  return {
    random: RANDOM.filter((name) => words.has(name)),
    clock: CLOCK.filter((name) => words.has(name)),
    readsCapabilities: /\bCapabilities\b/u.test(template),
  };
}
