/**
 * Parses how users name an object on the command line.
 *
 * `deployments`, `Deployment`, `deploy`, `deployments.apps`: all of a kind. `deployment/checkout`: by name, in any
 * namespace. `deployments/shop/checkout`, `apps/deployments/shop/checkout`: one object; `namespaces//shop` has no
 * namespace. `*` matches anything.
 */
import type { ObjectPattern } from './match-entry.ts';

/** Longer than the longest kind, namespace and name together. */
const PATTERN_CHARS_MAX = 1024;

/** As kubectl abbreviates them. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  cj: 'cronjobs',
  cm: 'configmaps',
  crd: 'customresourcedefinitions',
  deploy: 'deployments',
  ds: 'daemonsets',
  ep: 'endpoints',
  hpa: 'horizontalpodautoscalers',
  ing: 'ingresses',
  netpol: 'networkpolicies',
  no: 'nodes',
  ns: 'namespaces',
  pdb: 'poddisruptionbudgets',
  po: 'pods',
  pv: 'persistentvolumes',
  pvc: 'persistentvolumeclaims',
  rs: 'replicasets',
  sa: 'serviceaccounts',
  sts: 'statefulsets',
  svc: 'services',
};

/** `undefined` if the text does not have this form. */
export function parseObjectPattern(text: string): ObjectPattern | undefined {
  if (text === '' || text.length > PATTERN_CHARS_MAX) return undefined;
  const [first = '', second = '', third = '', fourth = '', ...rest] = text.split('/');
  if (rest.length > 0) return undefined;
  switch (text.split('/').length) {
    case 1:
      return parseResource(first);
    case 2:
      return { ...parseResource(first), name: given(second) };
    case 3:
      return { ...parseResource(first), namespace: place(second), name: given(third) };
    default: {
      const group = first === 'core' ? '' : place(first);
      return { ...parseResource(second), group, namespace: place(third), name: given(fourth) };
    }
  }
}

/** `deployment.apps` is a resource and its group. */
function parseResource(text: string): ObjectPattern {
  const dot = text.indexOf('.');
  const word = (dot === -1 ? text : text.slice(0, dot)).toLowerCase();
  const resources = word === '' || word === '*' ? [] : pluralsOf(word);
  return dot === -1 ? { resources } : { resources, group: text.slice(dot + 1) };
}

/** The plurals of Kubernetes kinds follow these rules. */
function pluralsOf(word: string): readonly string[] {
  const full = Object.hasOwn(SHORT_NAMES, word) ? SHORT_NAMES[word] : undefined;
  if (full !== undefined) return [full];
  return [word, `${word}s`, `${word}es`, word.replace(/y$/u, 'ies')].filter(
    (name, index, all) => all.indexOf(name) === index,
  );
}

function given(text: string): string | undefined {
  return text === '' || text === '*' ? undefined : text;
}

/** Not a part of a name: nothing was given. */
function place(text: string): string | undefined {
  return text === '*' ? undefined : text;
}
