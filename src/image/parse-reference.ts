/**
 * Parses the name of an image as the container runtimes do, into one form: what is compared later must be what is pulled.
 *
 * Source: distribution/reference (grammar and normalization); OCI distribution specification, section "Pulling manifests".
 */
import { parseDigest } from './match-digest.ts';

/** A name in its one form: `nginx` and `index.docker.io/library/nginx:latest` are the same. */
export interface ImageReference {
  /** Host in lower case, with a port unless it is 443: `docker.io`, `registry.example.com:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** With `library/` for Docker Hub's own images. */
  readonly repository: string;
  /** Where there is neither tag nor digest: `latest`. */
  readonly tag?: string | undefined;
  /** For example `sha256:…`: it counts, whatever the tag is. */
  readonly digest?: string | undefined;
}

export type ReferenceReading =
  | { readonly ok: true; readonly reference: ImageReference }
  | {
      readonly ok: false;
      /** Completes `"…" is no image reference: `. */
      readonly reason: string;
    };

/** The host of references without one. */
export const DOCKER_HUB = 'docker.io';

/** The longest parts are a host, a repository of 255, a tag of 128 and a digest of 135 characters. */
const REFERENCE_CHARS_MAX = 1024;
/** As in distribution/reference. */
const REPOSITORY_CHARS_MAX = 255;
const PORT_MAX = 65_535;

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(
  String.raw`^(?<name>${LABEL}(?:\.${LABEL})*|\[[a-fA-F0-9:.]+\])(?::(?<port>\d{1,6}))?$`,
  'u',
);
const REPOSITORY =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/u;
const TAG = /^\w[\w.-]{0,127}$/u;

/** Never throws. */
export function parseReference(text: string): ReferenceReading {
  if (text.length > REFERENCE_CHARS_MAX) {
    return refuse(`it has more than ${REFERENCE_CHARS_MAX} characters`);
  }
  const [named = '', digestText, ...more] = text.split('@');
  if (more.length > 0) return refuse('it has more than one "@"');
  const digest = digestText === undefined ? undefined : parseDigest(digestText)?.text;
  if (digestText !== undefined && digest === undefined) {
    return refuse('behind "@" is no digest: expected sha256: and 64 lower-case hexadecimal digits');
  }
  const { place, tag } = splitTag(named);
  if (tag !== undefined && !TAG.test(tag)) return refuse(`its tag cannot be used`);
  const { host, path } = splitHost(place);
  const registry = host === undefined ? DOCKER_HUB : normalizeHost(host);
  if (registry === undefined) return refuse('its registry is no host');
  const repository = registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  if (repository.length > REPOSITORY_CHARS_MAX) {
    return refuse(`its repository has more than ${REPOSITORY_CHARS_MAX} characters`);
  }
  if (!REPOSITORY.test(path)) {
    return refuse(
      'its repository cannot be used: expected lower-case letters and digits, with single separators between them',
    );
  }
  const isBare = tag === undefined && digest === undefined;
  const reference = { registry, repository, tag: isBare ? 'latest' : tag, digest };
  return { ok: true, reference };
}

/** The one form, as text. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  const tagged = tag === undefined ? '' : `:${tag}`;
  const pinned = digest === undefined ? '' : `@${digest}`;
  return `${registry}/${repository}${tagged}${pinned}`;
}

/** A colon before the last slash belongs to a port. */
function splitTag(named: string): { readonly place: string; readonly tag: string | undefined } {
  const colon = named.lastIndexOf(':');
  return colon > named.lastIndexOf('/')
    ? { place: named.slice(0, colon), tag: named.slice(colon + 1) }
    : { place: named, tag: undefined };
}

/** The first part is a host where it could be no part of a repository, or is `localhost`. */
function splitHost(place: string): { readonly host: string | undefined; readonly path: string } {
  const slash = place.indexOf('/');
  const first = slash === -1 ? '' : place.slice(0, slash);
  const isHost = /[.:A-Z]/u.test(first) || first === 'localhost';
  return isHost ? { host: first, path: place.slice(slash + 1) } : { host: undefined, path: place };
}

/** Undefined where the text is no host, or one that is written so that readers differ (`127.1`, `0x7f.0.0.1`). */
function normalizeHost(text: string): string | undefined {
  const { name = '', port } = HOST.exec(text)?.groups ?? {};
  const url = `https://${name}/`;
  if (name === '' || !URL.canParse(url)) return undefined;
  const host = new URL(url).hostname;
  if (!name.startsWith('[') && host !== name.toLowerCase()) return undefined;
  const known = host === 'index.docker.io' ? DOCKER_HUB : host;
  if (port === undefined) return known;
  const number = Number(port);
  if (number === 0 || number > PORT_MAX) return undefined;
  // The same server: a policy for the host must not be passed by writing its port.
  return number === HTTPS_PORT ? known : `${host}:${number}`;
}

const HTTPS_PORT = 443;

function refuse(reason: string): ReferenceReading {
  return { ok: false, reason };
}
