/** The file allowed_signers: who may sign with which key. Source: ssh-keygen(1), ALLOWED SIGNERS. */
import { SIGNATURE_LIMITS } from '../settings.ts';
import { parseKeyText, type NamedKey } from './parse-key-text.ts';
import { quoteName } from './parse-public-key.ts';
import { parseSignerOptions, type SignerOptions } from './parse-signer-options.ts';
import { readLines, refuseFile, type TrustFile, type TrustFileProblem } from './trust-file.ts';

/** One line: these people may sign with this key. */
export interface AllowedSigner extends SignerOptions {
  readonly line: number;
  /** Patterns separated by commas, as written: `*@example.com,!guest@example.com`. */
  readonly principals: string;
  readonly key: NamedKey;
}

const FILE_BYTES_MAX = SIGNATURE_LIMITS['signature.ssh.allowedSignersBytesMax'].default;
const PATTERN_CHARS_MAX = SIGNATURE_LIMITS['signature.ssh.patternCharsMax'].default;
const FORMAT = 'write: principals [options] key-type key [comment]';
/** The first word, which may be quoted, and what follows it. */
const FIRST_WORD = /^(?:"(?<quoted>[^"]*)"|(?<bare>[^ \t"]+))(?:[ \t]+(?<rest>.*))?$/u;
/** Types of keys, known or not: names of RFC 4250 section 4.11.3 begin so, others name their vendor. */
const KEY_TYPE = /^(?:ssh|ecdsa|sk)-[\w-]+$|^[^@"=,]+@[^@"=,]+$/u;

/** Reads the whole file, or names every line that is wrong. */
export function parseAllowedSigners(bytes: Uint8Array): TrustFile<readonly AllowedSigner[]> {
  if (bytes.length > FILE_BYTES_MAX) {
    return refuseFile({
      problem: `the file has ${bytes.length} bytes, at most ${FILE_BYTES_MAX} are read`,
      remedy: 'remove lines, or certify keys by an authority (cert-authority)',
    });
  }
  const lines = readLines(bytes);
  if (lines === undefined) {
    return refuseFile({
      problem: 'the file is no text of UTF-8 without a byte order mark',
      remedy: FORMAT,
    });
  }
  const signers: AllowedSigner[] = [];
  const problems: TrustFileProblem[] = [];
  for (const { line, text } of lines) {
    const read = parseLine(text);
    if (read.status === 'read') signers.push({ line, ...read.value });
    else problems.push({ line, problem: read.problem, remedy: read.remedy });
  }
  return problems.length > 0 ? { status: 'invalid', problems } : { status: 'read', value: signers };
}

type Line =
  | { readonly status: 'read'; readonly value: Omit<AllowedSigner, 'line'> }
  | ({ readonly status: 'invalid' } & Pick<TrustFileProblem, 'problem' | 'remedy'>);

function parseLine(text: string): Line {
  const words = FIRST_WORD.exec(text)?.groups;
  const principals = words?.['quoted'] ?? words?.['bare'];
  const rest = words?.['rest'];
  if (principals === undefined || rest === undefined) {
    return { status: 'invalid', problem: 'principals and a key were expected', remedy: FORMAT };
  }
  const faulty = principals.split(',').find((pattern) => !isPattern(pattern));
  if (faulty !== undefined) {
    return {
      status: 'invalid',
      problem: `${quoteName(faulty)} is no pattern of 1 to ${PATTERN_CHARS_MAX} characters`,
      remedy: 'separate principals by one comma, without spaces',
    };
  }
  const [firstWord = ''] = rest.split(/[ \t]/u, 1);
  if (KEY_TYPE.test(firstWord)) return withKey(principals, rest, { isAuthority: false });
  const end = findOptionsEnd(rest);
  const options = parseSignerOptions(rest.slice(0, end));
  if (options.status === 'invalid') return options;
  const namespaces = options.value.namespaces ?? '*';
  if (!namespaces.split(',').every(isPattern)) {
    const problem = `the option namespaces holds no patterns: ${quoteName(namespaces)}`;
    return { status: 'invalid', problem, remedy: 'write namespaces="git"' };
  }
  return withKey(principals, rest.slice(end).trimStart(), options.value);
}

/** The first space outside of quotes; `\\"` inside of them is a character of the value. */
function findOptionsEnd(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text.startsWith('\\"', at)) at += 1;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (text[at] === ' ' || text[at] === '\t')) return at;
  }
  return text.length;
}

function withKey(principals: string, text: string, options: SignerOptions): Line {
  const key = parseKeyText(text);
  if (key.status === 'invalid') return key;
  return { status: 'read', value: { principals, key: key.value, ...options } };
}

function isPattern(pattern: string): boolean {
  return pattern !== '' && pattern !== '!' && pattern.length <= PATTERN_CHARS_MAX;
}
