/** Chains of certificates as Go's `x509.Certificate.Verify` builds them. Source: RFC 5280, section 6. */
import { BuiltinLimitError, type BuiltinContext } from '../builtin.ts';
import type { Certificate } from './certificate.ts';
import { isNameAllowed } from './name-rules.ts';
import type { VerifyOptions } from './verify-options.ts';
import { isForHost } from './host-match.ts';

/** As Go: a hostile set of certificates has many paths. */
const SIGNATURES_MAX = 100;
/** A signature takes up to 100 microseconds to verify. */
const VERIFY_FUEL = 30_000;

/** From the last certificate to the first, which is trusted; those between may be part of it. `undefined` without one. */
export function findChain(
  certificates: readonly Certificate[],
  options: VerifyOptions,
  context: BuiltinContext,
): readonly Certificate[] | undefined {
  const [root] = certificates;
  const leaf = certificates.at(-1);
  if (root === undefined || leaf === undefined || certificates.length < 2) return undefined;
  if (!isAcceptable(leaf, [], { options, isIntermediate: false })) return undefined;
  if (options.dnsName !== '' && !isForHost(leaf.fields, options.dnsName)) return undefined;
  const search = new ChainSearch(root, certificates.slice(1, -1), { options, context });
  const chains = isSame(root, leaf) ? [[leaf]] : search.from([leaf]);
  return chains.find((chain) => hasPurpose(chain, options.keyUsages));
}

class ChainSearch {
  readonly #root: Certificate;
  readonly #intermediates: readonly Certificate[];
  readonly #options: VerifyOptions;
  readonly #context: BuiltinContext;
  #signatures = 0;

  constructor(
    root: Certificate,
    intermediates: readonly Certificate[],
    { options, context }: { readonly options: VerifyOptions; readonly context: BuiltinContext },
  ) {
    this.#root = root;
    this.#intermediates = intermediates;
    this.#options = options;
    this.#context = context;
  }

  from(chain: readonly Certificate[]): readonly (readonly Certificate[])[] {
    const direct = this.#fits(this.#root, chain, false) ? [[...chain, this.#root]] : [];
    const longer = this.#intermediates
      .filter((candidate) => this.#fits(candidate, chain, true))
      .flatMap((candidate) => this.from([...chain, candidate]));
    return [...direct, ...longer];
  }

  #fits(candidate: Certificate, chain: readonly Certificate[], isIntermediate: boolean): boolean {
    const child = chain.at(-1);
    if (child?.fields.RawIssuer !== candidate.fields.RawSubject) return false;
    if (chain.some((one) => isSame(one, candidate))) return false;
    this.#signatures += 1;
    if (this.#signatures > SIGNATURES_MAX) {
      throw new BuiltinLimitError(`there are more than ${SIGNATURES_MAX} signatures to verify`);
    }
    this.#context.spend?.(VERIFY_FUEL);
    return (
      maySign(candidate) &&
      isSignedBy(child, candidate) &&
      isAcceptable(candidate, chain, { options: this.#options, isIntermediate })
    );
  }
}

function isSame(a: Certificate, b: Certificate): boolean {
  return (
    a.fields.RawSubject === b.fields.RawSubject &&
    a.fields.RawSubjectPublicKeyInfo === b.fields.RawSubjectPublicKeyInfo
  );
}

const CERTIFICATE_SIGNING = 1 << 5;

function maySign({ fields }: Certificate): boolean {
  const { Version, BasicConstraintsValid, IsCA, KeyUsage } = fields;
  if (BasicConstraintsValid ? !IsCA : Version === 3) return false;
  return KeyUsage === 0 || (KeyUsage & CERTIFICATE_SIGNING) !== 0;
}

/** Digests that can be forged (MD2, MD5, SHA-1), and DSA, which Go does not verify. */
const REFUSED_ALGORITHMS: ReadonlySet<number> = new Set([0, 1, 2, 3, 7, 8, 9]);

function isSignedBy(child: Certificate, parent: Certificate): boolean {
  if (REFUSED_ALGORITHMS.has(child.fields.SignatureAlgorithm)) return false;
  try {
    return child.x509.verify(parent.x509.publicKey);
  } catch {
    // A key of another kind than the signature.
    return false;
  }
}

interface Role {
  readonly options: VerifyOptions;
  readonly isIntermediate: boolean;
}

function isAcceptable(
  { fields }: Certificate,
  chain: readonly Certificate[],
  { options, isIntermediate }: Role,
): boolean {
  if (fields.UnhandledCriticalExtensions !== null) return false;
  const { timeMs } = options;
  if (timeMs < Date.parse(fields.NotBefore) || timeMs > Date.parse(fields.NotAfter)) return false;
  if (isIntermediate && !(fields.BasicConstraintsValid && fields.IsCA)) return false;
  if (fields.BasicConstraintsValid && fields.MaxPathLen >= 0) {
    if (chain.length - 1 > fields.MaxPathLen) return false;
  }
  return chain.every((one) => isNameAllowed(one.fields, fields));
}

/** Each certificate that names purposes must name one that is still wanted. */
function hasPurpose(chain: readonly Certificate[], wanted: readonly number[]): boolean {
  if (wanted.includes(0)) return true;
  let left = wanted;
  for (const { fields } of chain) {
    const purposes = listOf(fields.ExtKeyUsage);
    if (purposes.length === 0 && listOf(fields.UnknownExtKeyUsage).length === 0) continue;
    if (purposes.includes(0)) continue;
    left = left.filter((one) => purposes.includes(one));
  }
  return left.length > 0;
}

function listOf(value: readonly unknown[] | string | null): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
