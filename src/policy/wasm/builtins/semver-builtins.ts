/** Semantic versions. Source: Semantic Versioning 2.0.0; a leading `v` is let pass, as in OPA. */
import { compareTexts } from '../compare-values.ts';
import { regoInteger } from '../rego-value.ts';
import { BuiltinError, type BuiltinFamily } from './builtin.ts';
import { quoteGo } from './format-value.ts';
import { textOperand } from './operand.ts';

/** By their Rego name. */
export const SEMVER_BUILTINS: BuiltinFamily = {
  'semver.compare': (operands) => {
    const [a, b] = [textOperand(operands, 0), textOperand(operands, 1)].map((text, position) => {
      const version = parseVersion(text);
      if (version !== undefined) return version;
      throw new BuiltinError(
        `operand ${position + 1}: string ${quoteGo(text)} is not a valid SemVer`,
      );
    });
    return regoInteger(a === undefined || b === undefined ? 0 : compareVersions(a, b));
  },
  'semver.is_valid': ([text]) => typeof text === 'string' && parseVersion(text) !== undefined,
};

interface Version {
  readonly core: readonly bigint[];
  readonly preRelease: readonly string[];
}

const NUMBER = /^(?:0|[1-9]\d*)$/;
/** OPA keeps the three numbers in 64 bits. */
const NUMBER_MAX = 2n ** 63n - 1n;
const IDENTIFIER = /^[0-9A-Za-z-]+$/;

function parseVersion(text: string): Version | undefined {
  const unprefixed = text.startsWith('v') ? text.slice(1) : text;
  const [release = '', ...metadata] = unprefixed.split('+');
  const dash = release.indexOf('-');
  const core = (dash === -1 ? release : release.slice(0, dash)).split('.');
  const preRelease = dash === -1 ? [] : release.slice(dash + 1).split('.');
  const build = metadata.length === 0 ? [] : metadata.join('+').split('.');
  if (!build.every((part) => IDENTIFIER.test(part))) return undefined;
  if (!preRelease.every((part) => IDENTIFIER.test(part) && !/^0\d+$/.test(part))) return undefined;
  if (core.length !== 3 || !core.every((part) => NUMBER.test(part))) return undefined;
  const numbers = core.map(BigInt);
  return numbers.every((number) => number <= NUMBER_MAX)
    ? { core: numbers, preRelease }
    : undefined;
}

/** Clause 11: precedence. */
function compareVersions(a: Version, b: Version): number {
  for (const [index, number] of a.core.entries()) {
    const other = b.core[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0) {
    return Math.sign(b.preRelease.length - a.preRelease.length);
  }
  for (const [index, part] of a.preRelease.entries()) {
    const other = b.preRelease[index];
    if (other === undefined) return 1;
    const difference = compareIdentifiers(part, other);
    if (difference !== 0) return difference;
  }
  return a.preRelease.length < b.preRelease.length ? -1 : 0;
}

function compareIdentifiers(a: string, b: string): number {
  const isNumber = /^\d+$/.test(a);
  if (isNumber !== /^\d+$/.test(b)) return isNumber ? -1 : 1;
  if (isNumber && a.length !== b.length) return a.length < b.length ? -1 : 1;
  return Math.sign(compareTexts(a, b));
}
