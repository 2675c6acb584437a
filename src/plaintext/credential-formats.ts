/**
 * Formats of credentials that tell by themselves what they are. Each pattern takes time in proportion to the text: nothing in it
 * repeats without a bound in what repeats.
 *
 * Sources: AWS "Unique identifiers" of IAM, GitHub "About authentication" and its secret scanning, GitLab "Token overview", Slack
 * "Token types", RFC 7468 (PEM), RFC 7519 (JWT), RFC 3986 section 3.2.1 (userinfo), and the pages of the other vendors.
 */

/** What a credential is, in words that a message can use after "a". */
export type CredentialKind =
  | 'AWS access key'
  | 'Azure storage key'
  | 'DigitalOcean token'
  | 'GitHub token'
  | 'GitLab token'
  | 'Google API key'
  | 'JSON web token'
  | 'Slack token'
  | 'Slack webhook'
  | 'Stripe key'
  | 'Vault token'
  | 'SendGrid key'
  | 'URL with a password'
  | 'age key'
  | 'named secret'
  | 'npm token'
  | 'private key'
  | 'PyPI token'
  | 'registry login';

export interface CredentialFormat {
  readonly kind: CredentialKind;
  /** Global: the documented examples of a format are passed over, and the next match counts. */
  readonly pattern: RegExp;
}

/** A substring of each format: most texts have none, and one test is cheaper than all patterns. */
export const SUSPICIOUS_FORMAT =
  /AKIA|ASIA|AccountKey=|dop_v1_|gh[oprsu]_|github_pat_|gl\w{1,6}-|AIza|eyJ|xox|xapp-|hooks\.slack\.com|[rs]k_live_|hvs\.|SG\.|:\/\/|AGE-SECRET-KEY|npm_|PRIVATE KEY|pypi-|"auth"/u;

/** The table. */
export const CREDENTIAL_FORMATS: readonly CredentialFormat[] = [
  { kind: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/gu },
  { kind: 'Azure storage key', pattern: /AccountKey=[A-Za-z\d+/]{86}==/gu },
  { kind: 'DigitalOcean token', pattern: /\bdop_v1_[\da-f]{64}\b/gu },
  {
    kind: 'GitHub token',
    pattern: /\b(?:gh[oprsu]_[A-Za-z\d]{36,251}|github_pat_[A-Za-z\d]{22}_[A-Za-z\d]{59})\b/gu,
  },
  {
    kind: 'GitLab token',
    pattern: /\bgl(?:pat|oas|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\w-]{20,300}/gu,
  },
  { kind: 'Google API key', pattern: /\bAIza[\w-]{35}(?![\w-])/gu },
  {
    kind: 'JSON web token',
    pattern: /(?<![\w-])eyJ[\w-]{8,4096}\.eyJ[\w-]{8,8192}\.[\w-]{16,2048}/gu,
  },
  { kind: 'Slack token', pattern: /\b(?:xox[a-z]|xapp)-\d[A-Za-z\d-]{14,250}/gu },
  {
    kind: 'Slack webhook',
    pattern: /\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{20,200}/gu,
  },
  { kind: 'Stripe key', pattern: /\b[rs]k_live_[A-Za-z\d]{16,250}\b/gu },
  { kind: 'Vault token', pattern: /\bhvs\.[\w-]{24,300}/gu },
  { kind: 'SendGrid key', pattern: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/gu },
  { kind: 'age key', pattern: /\bAGE-SECRET-KEY-1[A-Z\d]{58}\b/gu },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z\d]{36}\b/gu },
  // With the beginning of its bytes: scripts name the line alone. An encrypted one is none in plain text.
  {
    kind: 'private key',
    pattern:
      /-----BEGIN (?:(?!ENCRYPTED)[A-Z\d]{1,16} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]){1,8}[A-Za-z\d+/]{32}/gu,
  },
  { kind: 'PyPI token', pattern: /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,300}/gu },
  { kind: 'registry login', pattern: /"auth"\s{0,8}:\s{0,8}"[A-Za-z\d+/]{8,4096}={0,2}"/gu },
  {
    kind: 'URL with a password',
    pattern: /:\/\/[^\s/:@"'<>]{0,128}:(?<password>[^\s/@"'<>]{3,256})@/gu,
  },
];
