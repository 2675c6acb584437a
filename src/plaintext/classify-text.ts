/** Which credentials a text has, by their formats and by the names beside them. A value is never passed on. */
import {
  CREDENTIAL_FORMATS,
  SUSPICIOUS_FORMAT,
  type CredentialKind,
} from './credential-formats.ts';
import { looksSecret } from './looks-secret.ts';

/** Vendors write them in place of a key: `AKIAIOSFODNN7EXAMPLE`. */
const EXAMPLE = /EXAMPLE/u;

/** The last word of a name whose value is a credential: `DB_PASSWORD`, `clientSecret`, `api-key`. */
const NAME =
  'pass(?:word|wd|phrase)|pwd|token|secret|credentials?|(?:api|access|secret|private|auth|signing|encryption|master)[-_.]?key';

/** The whole name, up to a number behind it. */
const SECRET_NAME = new RegExp(`(?:${NAME})[-_.]?\\d{0,3}$`, 'iu');

/** `password: value`, `"token":"value"`, `--api-key=value`: the word at which it begins, so that a long text is read once. */
const ASSIGNMENT = new RegExp(
  `(?:${NAME})\\d{0,3}["']?\\s{0,4}[:=]\\s{0,4}["']?(?<value>[^\\s"',;{}()<>]{8,512})`,
  'giu',
);

/** A name that says where the credential is kept: `existingSecret`, `imagePullSecret`, `tlsSecret`. */
const PLACE_NAME = /(?:existing|from|pull|ref|tls)[-_.]?secret[-_.]?\d{0,3}$/iu;

/** How far before an assignment its name may begin. */
const NAME_BEFORE_CHARS = 24;

/** Each kind once. Empty for most texts. */
export function classifyText(text: string): readonly CredentialKind[] {
  const formats = SUSPICIOUS_FORMAT.test(text)
    ? CREDENTIAL_FORMATS.filter(({ pattern }) => hasMatch(text, pattern)).map(({ kind }) => kind)
    : [];
  return hasSecretAssignment(text) ? [...formats, 'named secret'] : formats;
}

/** Whether a value that stands under this name is a credential. */
export function classifyNamedValue(name: string, value: string): readonly CredentialKind[] {
  const isSecret = SECRET_NAME.test(name) && !PLACE_NAME.test(name) && looksSecret(value);
  return isSecret ? ['named secret'] : [];
}

function hasMatch(text: string, pattern: RegExp): boolean {
  for (const [match, ...groups] of text.matchAll(pattern)) {
    if (EXAMPLE.test(match)) continue;
    const [password] = groups;
    if (password === undefined || !isPlaceholder(password)) return true;
  }
  return false;
}

/** In a URL: `$PASSWORD`, `{{ password }}`, `%s`, `****`, and the words of examples. */
function isPlaceholder(password: string): boolean {
  return /^(?:.*[$*{}%<>].*|\.{3}|x+|pass(?:word)?|pwd|secret|token|changeme)$/iu.test(password);
}

function hasSecretAssignment(text: string): boolean {
  for (const match of text.matchAll(ASSIGNMENT)) {
    const before = text.slice(Math.max(0, match.index - NAME_BEFORE_CHARS), match.index);
    const name = before + match[0].slice(0, match[0].search(/["'\s:=]/u));
    if (!PLACE_NAME.test(name) && looksSecret(String(match[1]))) return true;
  }
  return false;
}
