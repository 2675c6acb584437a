/** A cell in words, and as a line that somebody can paste into a shell. */
import type { Cell } from './send-cells.ts';
import type { Act } from './plan-acts.ts';
import type { Identity } from './identities.ts';

const EXTRA = 'impersonate-extra-';
const PATCH_TYPES: Readonly<Record<string, string>> = {
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

/** `system:kube-scheduler: delete pods matrix (v1)` */
export function describeCell({ identity, act }: Cell): string {
  const { role, name, resource } = act.target;
  return `${identity.name}: ${act.what} ${act.resource} ${name} (${resource.version}, ${role})`;
}

/** The same with kubectl, as a dry run. */
export function formatKubectl({ identity, act }: Cell): string {
  return ['kubectl', ...impersonate(identity), ...command(act)].map(quote).join(' ');
}

function impersonate({ headers, bearer }: Identity): readonly string[] {
  const words = Object.entries(headers).flatMap(([header, value]) => {
    const values = typeof value === 'string' ? [value] : value;
    return values.map((text) => `${flagOf(header)}${text}`);
  });
  return bearer === 'alice' ? words : [`--user=${bearer}`, ...words];
}

function flagOf(header: string): string {
  if (header.startsWith(EXTRA)) {
    return `--as-user-extra=${decodeURIComponent(header.slice(EXTRA.length))}=`;
  }
  return header === 'impersonate-user' ? '--as=' : `--as-${header.slice('impersonate-'.length)}=`;
}

function command(act: Act): readonly string[] {
  const { target, resource, method, body } = act;
  const [plural = '', subresource] = resource.split('/');
  const place = target.resource.isNamespaced ? ['-n', target.namespace] : [];
  const patchType = PATCH_TYPES[act.contentType];
  if (method === 'PATCH' && patchType !== undefined) {
    const below = subresource === undefined ? [] : [`--subresource=${subresource}`];
    const patch = [`--type=${patchType}`, '-p', JSON.stringify(body), '--dry-run=server'];
    return [...place, 'patch', plural, target.name, ...below, ...patch];
  }
  if (act.what === 'delete') return [...place, 'delete', plural, target.name, '--dry-run=server'];
  const verb = { POST: 'create', PUT: 'replace', PATCH: 'patch', DELETE: 'delete' }[method];
  const separator = act.path.includes('?') ? '&' : '?';
  const path = act.isConnection ? act.path : `${act.path}${separator}dryRun=All`;
  const input = body === undefined ? [] : ['-f', `<(echo ${quote(JSON.stringify(body))})`];
  return [verb, '--raw', path, ...input];
}

function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/u.test(word) || word.startsWith('<(')) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
