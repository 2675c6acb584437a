/** The output of `holdfast images`. */
import { printable } from '../../base/printable.ts';
import type { ImageFinding, ImageListing, ListedImage } from '../../compose/list-images.ts';
import { formatTable } from '../format-table.ts';

export interface ShownListing {
  readonly listing: ImageListing;
  /** Whether images are shown that are signed. */
  readonly isSignedShown: boolean;
}

/** What asks for somebody comes first. */
const ORDER = ['unsigned', 'unreadable', 'unavailable', 'unjudged', 'signed'] as const;

const HEADER = ['IMAGE', 'DIGEST', 'PODS', 'NAMESPACES', 'SIGNATURE'] as const;
/** Of the digest: enough to tell images apart, as in other tools. */
const DIGEST_DIGITS = 12;

/** A table for a person, and a line that counts. */
export function formatImageListing(shown: ShownListing): string {
  return formatRows(shown, ({ digest, namespaces }) => ({
    digest: shorten(digest),
    namespaces: String(namespaces.length),
  }));
}

/** The same with whole digests and the names of the namespaces. */
export function formatImageListingWide(shown: ShownListing): string {
  return formatRows(shown, ({ digest, namespaces }) => ({
    digest: digest ?? '-',
    namespaces: namespaces.join(','),
  }));
}

interface VaryingCells {
  readonly digest: string;
  readonly namespaces: string;
}

function formatRows(shown: ShownListing, vary: (image: ListedImage) => VaryingCells): string {
  const rows = chooseRows(shown).map((image) => formatRow(image, vary(image)));
  const table = rows.length === 0 ? [] : formatTable([HEADER, ...rows]);
  return [...table, formatSummary(shown.listing)].join('\n');
}

/** One JSON object, for programs. */
export function formatImageListingJson(shown: ShownListing): string {
  const { pods, namespaces, images } = shown.listing;
  const counts = Object.fromEntries(ORDER.map((status) => [status, countOf(images, status)]));
  return JSON.stringify({ pods, namespaces, counts, images: chooseRows(shown) }, undefined, 2);
}

function chooseRows({ listing, isSignedShown }: ShownListing): readonly ListedImage[] {
  return listing.images
    .filter(({ finding }) => isSignedShown || finding.status !== 'signed')
    .toSorted(
      (a, b) =>
        ORDER.indexOf(a.finding.status) - ORDER.indexOf(b.finding.status) ||
        a.image.localeCompare(b.image, 'en') ||
        (a.digest ?? '').localeCompare(b.digest ?? '', 'en'),
    );
}

function formatRow(
  { image, pods, finding }: ListedImage,
  { digest, namespaces }: VaryingCells,
): readonly string[] {
  return [image, digest, String(pods), namespaces, formatFinding(finding)].map(printable);
}

function shorten(digest: string | undefined): string {
  if (digest === undefined) return '-';
  const [algorithm = '', hex = ''] = digest.split(':');
  return `${algorithm}:${hex.slice(0, DIGEST_DIGITS)}`;
}

function formatFinding(finding: ImageFinding): string {
  switch (finding.status) {
    case 'signed':
      return `signed by ${finding.signers.join('; ')}`;
    case 'unsigned':
      return `${finding.code}: ${finding.reason}`;
    case 'unreadable':
      return `${finding.code ?? 'unreadable'}: ${finding.reason}`;
    case 'unavailable':
      return `unavailable: ${finding.reason}`;
    case 'unjudged':
      return 'no rule names it';
  }
}

const WORDS: Readonly<Record<(typeof ORDER)[number], string>> = {
  unsigned: 'not signed by anybody you trust',
  unreadable: 'cannot be read',
  unavailable: 'nobody can tell',
  unjudged: 'no rule names them',
  signed: 'signed',
};

function formatSummary({ pods, namespaces, images }: ImageListing): string {
  const counts = ORDER.toReversed()
    .map((status) => ({ status, count: countOf(images, status) }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${WORDS[status]}`);
  const what = `${plural(images.length, 'image')} in ${plural(pods, 'Pod')} of ${plural(namespaces, 'namespace')}`;
  return counts.length === 0 ? what : `${what}: ${counts.join(', ')}`;
}

function countOf(images: readonly ListedImage[], status: ImageFinding['status']): number {
  return images.filter(({ finding }) => finding.status === status).length;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
