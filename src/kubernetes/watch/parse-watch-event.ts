/**
 * One line of a watch. Source: kubernetes.io "Kubernetes API Concepts", efficient detection of changes;
 * k8s.io/apimachinery meta/v1 WatchEvent and Status.
 */
import { z } from 'zod';
import type { KubernetesObject } from '../object.ts';
import { parseObject } from '../lookup/parse-object.ts';

export type WatchEvent =
  | {
      readonly type: 'put' | 'deleted';
      readonly object: KubernetesObject;
      readonly version: string;
    }
  | { readonly type: 'bookmark'; readonly version: string }
  /** A Status: its code, and how long to wait if it says so. */
  | { readonly type: 'error'; readonly code: number; readonly retryAfterMs?: number | undefined }
  | { readonly type: 'malformed' };

const eventSchema = z.object({ type: z.string(), object: z.unknown() });

const statusSchema = z.object({
  code: z.int().default(0),
  details: z.object({ retryAfterSeconds: z.number().positive().optional() }).nullish(),
});

const MS_PER_SECOND = 1000;
const MALFORMED: WatchEvent = { type: 'malformed' };

/** Never throws: an event that cannot be parsed is `malformed`, because skipping it would miss a change. */
export function parseWatchEvent(line: string): WatchEvent {
  const event = eventSchema.safeParse(parseJson(line)).data;
  if (event === undefined) return MALFORMED;
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
      return readObject('put', event.object);
    case 'DELETED':
      return readObject('deleted', event.object);
    case 'BOOKMARK': {
      const version = parseObject(event.object)?.metadata?.resourceVersion ?? '';
      return version === '' ? MALFORMED : { type: 'bookmark', version };
    }
    case 'ERROR':
      return readStatus(event.object);
    default:
      return MALFORMED;
  }
}

function readObject(type: 'put' | 'deleted', value: unknown): WatchEvent {
  const object = parseObject(value);
  const { name = '', resourceVersion: version = '' } = object?.metadata ?? {};
  return object === undefined || name === '' || version === ''
    ? MALFORMED
    : { type, object, version };
}

function readStatus(value: unknown): WatchEvent {
  const status = statusSchema.safeParse(value).data;
  if (status === undefined) return MALFORMED;
  const seconds = status.details?.retryAfterSeconds;
  const wait = seconds === undefined ? {} : { retryAfterMs: seconds * MS_PER_SECOND };
  return { type: 'error', code: status.code, ...wait };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
